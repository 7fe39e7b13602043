/** Roundings of weights beside each other: per channel at 2 and 4 bits a weight, activations in float. */
import type { Bar } from './bar.js';
import { lossBar } from './bar.js';
import type { Experiment, Result } from './experiment.js';
import { mostLost, nats } from './experiment.js';
import { sampleNames } from './sample.js';

type Scales = 'minmax' | 'mse';
export const roundingColumns = ['bits', 'rounding', 'scales'] as const;
type Column = (typeof roundingColumns)[number];

function rounded(model: string, rounding: string, bits: 2 | 4, scales: Scales): Experiment<Column> {
  const learned = rounding === 'reconstruct' ? `${scales}, learned` : scales;
  return {
    model,
    named: { bits: String(bits), rounding, scales: learned },
    asked: { options: { scheme: 'simulated', bits, activationType: 'float32', weightCalibration: scales, rounding } },
    seeded: rounding !== 'nearest',
  };
}

/** Those that must hold at 2 bits; at 4 bits all must. */
const atTwoBits = ['lenet-300-100', 'lenet-5', 'resnet-digits', 'mobilenet-digits'];
/** Depthwise convolutions leave GPTQ little to make up with: it warns there, and nothing is asked of it. */
const byGptq = ['lenet-300-100', 'lenet-5', 'resnet-digits'];

/** Its channels are made so unequal that rounding alone does not mend them. */
const unbalanced = 'mobilenet-digits-unbalanced';
const equalized: Experiment<Column> = {
  model: unbalanced,
  named: { bits: '4', rounding: 'adaround, equalize', scales: 'minmax' },
  asked: { options: { scheme: 'simulated', bits: 4, activationType: 'float32', rounding: 'adaround', equalize: true } },
  seeded: true,
};

export const roundings: readonly Experiment<Column>[] = sampleNames.flatMap((model) => [
  ...(atTwoBits.includes(model)
    ? [
        ...(['minmax', 'mse'] as const).flatMap((scales) =>
          ['nearest', 'gptq', 'adaround'].map((rounding) => rounded(model, rounding, 2, scales)),
        ),
        rounded(model, 'reconstruct', 2, 'mse'),
      ]
    : []),
  ...['nearest', 'gptq', 'adaround'].map((rounding) => rounded(model, rounding, 4, 'minmax')),
  ...(model === unbalanced ? [equalized] : []),
]);

export function roundingBars(results: readonly Result<Column>[]): Bar[] {
  const find = (model: string, bits: number, rounding: string, scales: string) =>
    results.find(
      ({ model: of, named }) =>
        of === model && named.bits === String(bits) && named.rounding === rounding && named.scales === scales,
    )!;
  const divergences = ({ found }: Result) => found.map(({ divergence }) => divergence);
  return [...new Set(results.map(({ model }) => model))].flatMap((model) => {
    // Rounding is not what unequal channels lack: that model is asked for with its channels equalized first.
    const rounding = model === unbalanced ? equalized.named.rounding : 'adaround';
    const bars = [lossBar(`${model}, 4 bits, ${rounding}`, mostLost(find(model, 4, rounding, 'minmax')), 0.3)];
    if (!atTwoBits.includes(model)) return bars;
    bars.push(lossBar(`${model}, 2 bits, reconstruct`, mostLost(find(model, 2, 'reconstruct', 'mse, learned')), 1.5));
    for (const scales of ['minmax', 'mse']) {
      const nearest = Math.min(...divergences(find(model, 2, 'nearest', scales)));
      for (const rounding of ['adaround', ...(byGptq.includes(model) ? ['gptq'] : [])]) {
        const most = Math.max(...divergences(find(model, 2, rounding, scales)));
        const text = `${model}, 2 bits, ${scales} scales: KL at most ${nats(most)} by ${rounding}, ${nats(nearest)} to the nearest`;
        bars.push({ text, met: most < nearest });
      }
    }
    return bars;
  });
}
