import type { Layer } from '../../graph/layers.js';
import type { ElementType } from '../../tensor/elementType.js';
import { elementTypes } from '../../tensor/elementType.js';
import type { Choice, Choices, StoredBytes } from '../method.js';
import type { WeightFormat } from './layerSettings.js';

const scaleBytes = 4;

/** What of a format tells how many bytes it takes. */
export interface StoredFormat extends Pick<WeightFormat, 'perChannel' | 'blockSize'> {
  readonly type: ElementType;
}

/**
 * What the weights of the chosen layers take as integers, with a scale and a zero point for each channel or block. Biases
 * are 32 bits wide before and after. `formatOf` is null for weights that stay as they are.
 */
export function storedBytes(
  layers: readonly Layer[],
  choices: Choices,
  formatOf: (layer: Layer, choice: Choice) => StoredFormat | null,
): StoredBytes[] {
  const stored = new Map<unknown, StoredBytes>();
  for (const layer of layers) {
    const choice = choices.get(layer.name);
    const format = choice && choice.settings !== null ? formatOf(layer, choice) : null;
    if (!format) continue;
    for (const { owner, role, isParameter, tensor, elements, bytes, shape, channelAxis } of layer.weights) {
      if (!isParameter || role !== 'weight' || tensor.elementType !== 'float32' || stored.has(owner)) continue;
      const { bits } = elementTypes[format.type];
      const channels = channelAxis === undefined ? 1 : (shape[channelAxis] ?? 1);
      const scales = scaleCount(elements, channels, format);
      const after = Math.ceil((elements * bits) / 8) + scales * (scaleBytes + bits / 8);
      stored.set(owner, { layer: layer.name, before: bytes, after });
    }
  }
  return [...stored.values()];
}

function scaleCount(elements: number, channels: number, { perChannel, blockSize }: StoredFormat): number {
  if (blockSize) return channels * Math.ceil(elements / channels / blockSize);
  return perChannel ? channels : 1;
}
