import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import type { ElementType } from '../../tensor/elementType.js';
import { elementTypes } from '../../tensor/elementType.js';
import type { Choices, Json, StoredBytes } from '../method.js';
import type { QuantizeOptions } from './options.js';

/** The types that a choice gives a layer; types that are not there stay as they are. */
interface ChosenTypes {
  readonly weights?: ElementType;
  readonly activations?: ElementType;
}

const scaleBytes = 4;

/**
 * What the weights of the chosen layers take as integers, with a scale and a zero point for each channel or block. Biases
 * are 32 bits wide before and after.
 */
export function storedBytes(model: Model, choices: Choices, options: QuantizeOptions): StoredBytes[] {
  const stored = new Map<unknown, StoredBytes>();
  for (const { name, weights } of layersOf(model)) {
    const type = chosenTypes(choices.get(name)?.settings).weights;
    if (type === undefined) continue;
    for (const { owner, role, isParameter, tensor, elements, bytes, shape, channelAxis } of weights) {
      if (!isParameter || role !== 'weight' || tensor.elementType !== 'float32' || stored.has(owner)) continue;
      const { bits } = elementTypes[type];
      const scales = scaleCount(elements, channelAxis === undefined ? undefined : shape[channelAxis], options);
      const after = Math.ceil((elements * bits) / 8) + scales * (scaleBytes + bits / 8);
      stored.set(owner, { layer: name, before: bytes, after });
    }
  }
  return [...stored.values()];
}

function scaleCount(elements: number, channels: number | undefined, options: QuantizeOptions): number {
  return options.perChannel ? (channels ?? 1) : 1;
}

function chosenTypes(settings: Json | undefined): ChosenTypes {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return {};
  const { weights, activations } = settings as { readonly [name: string]: Json };
  return { weights: typeOf(weights), activations: typeOf(activations) };
}

function typeOf(name: Json | undefined): ElementType | undefined {
  return typeof name === 'string' && Object.hasOwn(elementTypes, name) ? (name as ElementType) : undefined;
}
