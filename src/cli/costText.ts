import type { FileProfile } from '../evaluate/profileFile.js';
import type { ModelCard } from '../inspect/inspection.js';
import { formatBytes, formatCount, formatPercent, formatPicojoules, formatSeconds } from '../messages/units.js';

/** What one run costs, in lines for people; estimates are marked with ≈. */
export function costLines({ cost }: ModelCard): string[] {
  const { bitOperations, activationBytes, peakActivationBytes, peakLayer, energy, zeroPointShare } = cost;
  if (energy === null)
    return ['a run costs what the sizes of its inputs say: give --data D, or --profile, to fix them'];
  const { computePj, sramPj, dramPj } = energy;
  const picojoules = computePj + sramPj + dramPj;
  const parts = [
    bitOperations !== null && `${formatCount(bitOperations)} bit operations`,
    activationBytes !== null && `${formatBytes(activationBytes)} of activations read and written`,
    peakActivationBytes !== null &&
      `${formatBytes(peakActivationBytes)} of activations at the peak${peakLayer === null ? '' : ` (${peakLayer})`}`,
    zeroPointShare !== null && `${formatPercent(zeroPointShare, 1)} more operations for zero points`,
  ];
  return [
    `a run: ${parts.filter(Boolean).join(', ')}`,
    `≈ ${formatPicojoules(picojoules)} a sample, ${formatPercent(picojoules > 0 ? dramPj / picojoules : 0, 0)} of it DRAM ` +
      '(estimate for 45 nm: M. Horowitz, ISSCC 2014)',
  ];
}

export function profileLines(profile: FileProfile): string[] {
  const { runs, threads, runMs, kernelsMs, elsewhereMs, data, inputs } = profile;
  const shapes = inputs.map(({ name, shape }) => `${name} [${shape.join(',')}]`).join(', ');
  const milliseconds = (value: number) => formatSeconds(value / 1000);
  return [
    `measured: ${milliseconds(runMs)} a run, ${milliseconds(kernelsMs)} in kernels, ${milliseconds(elsewhereMs)} of it in ` +
      `conversions between layers; medians of ${runs} runs on ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    `on ${data ?? 'random inputs'}: ${shapes}`,
  ];
}

/** The time of a layer in the table; what is done by another layer's kernel has none. */
export function timeText({ milliseconds, kernel }: FileProfile['layers'][number]): string {
  if (kernel === 'own') return formatSeconds(milliseconds / 1000);
  return kernel === 'fused' ? 'fused' : '';
}
