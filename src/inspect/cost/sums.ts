/** Sums of what a layer costs. Browser-safe. */
import type { LayerCost } from './cost.js';

/** Bytes of activations that a layer reads and writes; null where unknown. */
export function activationBytes({ cost: { readBytes, writtenBytes } }: { readonly cost: LayerCost }): number | null {
  return readBytes === null || writtenBytes === null ? null : readBytes + writtenBytes;
}

/** Picojoules of a layer; null where unknown. */
export function layerEnergy({ cost: { energy } }: { readonly cost: Pick<LayerCost, 'energy'> }): number | null {
  return energy && energy.computePj + energy.sramPj + energy.dramPj;
}
