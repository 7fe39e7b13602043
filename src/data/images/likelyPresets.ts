import type { Model } from '../../graph/model.js';
import { elementTypes } from '../../tensor/elementType.js';
import { hasNumericArray } from '../../tensor/numericArray.js';
import { modelInputs, type ModelInput } from '../modelInput.js';
import { imageLayout, type ImageLayout } from './imageLayout.js';
import { presetNames, type PresetName } from './preprocessing.js';

/** The classes of ImageNet's challenge (ILSVRC 2012). */
const imageNetClasses = [1000, 1001];

/**
 * The presets, that first which the model most likely was trained with: 0-255 where its input takes integers; imagenet where
 * it takes color images and gives scores for the classes of ImageNet; else 0-1, which is done where nothing is said.
 */
export function likelyPresets(model: Model): PresetName[] {
  const likeliest = likeliestOf(model);
  return [likeliest, ...presetNames.filter((name) => name !== likeliest)];
}

function likeliestOf(model: Model): PresetName {
  for (const input of modelInputs(model)) {
    const layout = layoutOf(input);
    if (!layout || input.elementType === 'other') continue;
    if (elementTypes[input.elementType].kind !== 'float') return '0-255';
    return layout.channels === 3 && hasImageNetClasses(model) ? 'imagenet' : '0-1';
  }
  return '0-1';
}

function layoutOf(input: ModelInput): ImageLayout | undefined {
  if (input.elementType === 'other' || !hasNumericArray(input.elementType)) return undefined;
  try {
    return imageLayout(input, {});
  } catch {
    return undefined;
  }
}

function hasImageNetClasses({ graph }: Model): boolean {
  return graph.outputs.some(({ type }) => {
    const last = type?.kind === 'tensor' ? type.shape?.at(-1) : undefined;
    return typeof last === 'number' && imageNetClasses.includes(last);
  });
}
