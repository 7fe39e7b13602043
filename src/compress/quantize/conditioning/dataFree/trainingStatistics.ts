import { plainConstant } from '../../../../graph/channels/linearLayer.js';
import type { Model } from '../../../../graph/model.js';
import { Scope } from '../../../../graph/scope.js';
import { readNumbers } from '../../../../tensor/numbers.js';
import type { ChannelScales } from '../channelScales.js';
import type { Estimate } from './estimate.js';
import { inputEstimates } from './inputEstimates.js';

/** What training left in a BatchNormalization of the channels that it makes. */
export interface ChannelStatistics {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** What a model tells of the data that it was trained on. */
export interface TrainingStatistics {
  /** By the value that a BatchNormalization makes. */
  readonly channels: ReadonlyMap<string, ChannelStatistics>;
  readonly inputs: ReadonlyMap<string, Estimate>;
}

const nothing: TrainingStatistics = { channels: new Map(), inputs: new Map() };

/** Of a model whose BatchNormalization is not folded yet: bias and scale are mean and standard deviation of channels. */
export async function trainingStatistics(model: Model): Promise<TrainingStatistics> {
  const { graph } = model;
  const scope = new Scope(graph);
  const channels = new Map<string, ChannelStatistics>();
  for (const node of graph.nodes) {
    if (!node.is('BatchNormalization')) continue;
    const [scale, bias] = [1, 2].map((input) => plainConstant(scope, node.inputs[input] ?? ''));
    if (!scale || !bias) continue;
    const mean = Float64Array.from(await readNumbers(bias), Number);
    const deviation = Float64Array.from(await readNumbers(scale), (each) => Math.abs(Number(each)));
    channels.set(node.outputs[0]!, { mean, deviation });
  }
  return { channels, inputs: await inputEstimates(model) };
}

/** What the statistics are after the channels of groups were divided by scales. */
export function scaledStatistics({ channels, inputs }: TrainingStatistics, scales: ChannelScales): TrainingStatistics {
  const scaled = new Map(channels);
  for (const [group, own] of scales) {
    for (const [value, { inner }] of group.values) {
      const found = channels.get(value);
      if (!found || inner !== 1) continue;
      const divide = (all: Float64Array) => all.map((each, c) => each / own[c]!);
      scaled.set(value, { mean: divide(found.mean), deviation: divide(found.deviation) });
    }
  }
  return { channels: scaled, inputs };
}

/** What the statistics are after amounts were taken out of the biases that make values. */
export function shiftedStatistics(
  { channels, inputs }: TrainingStatistics,
  amounts: ReadonlyMap<string, Float64Array>,
): TrainingStatistics {
  const shifted = new Map(channels);
  for (const [value, own] of amounts) {
    const found = channels.get(value);
    if (found) shifted.set(value, { ...found, mean: found.mean.map((each, c) => each - own[c]!) });
  }
  return { channels: shifted, inputs };
}

const known = new WeakMap<Model, TrainingStatistics>();

/** Keeps statistics beside a prepared model, in which the normalizations that held them are folded. */
export function rememberStatistics(model: Model, statistics: TrainingStatistics): void {
  known.set(model, statistics);
}

export function rememberedStatistics(model: Model): TrainingStatistics {
  return known.get(model) ?? nothing;
}
