import type { Layer, LayerWeight } from '../graph/layers.js';
import { weightNumbers } from '../inspect/weightNumbers.js';

/** Parameters that are not zero: of a quantized weight, those that do not stand for zero. A shared weight counts once. */
export async function countNonzero(
  layers: readonly Layer[],
  { signal, onBytes }: { readonly signal?: AbortSignal; readonly onBytes?: (read: number) => void } = {},
): Promise<number> {
  const counted = new Set<LayerWeight['owner']>();
  let nonzero = 0;
  for (const layer of layers) {
    for (const weight of layer.weights) {
      if (!weight.isParameter || counted.has(weight.owner)) continue;
      counted.add(weight.owner);
      for await (const chunk of weightNumbers(layer, weight).chunks(signal)) {
        signal?.throwIfAborted();
        for (let i = 0; i < chunk.length; i++) if (chunk[i] !== 0) nonzero++;
      }
      onBytes?.(weight.bytes);
    }
  }
  return nonzero;
}
