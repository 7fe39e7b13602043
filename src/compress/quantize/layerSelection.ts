import type { Layer } from '../../graph/layers.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import { pickLayers } from '../layerPatterns.js';
import type { QuantizeOptions } from './options.js';

/**
 * Why a layer is not to be touched, by the options `include` and `exclude`; undefined where it is. Throws a Failure for a
 * pattern that names no layer.
 */
export function selectLayers(
  layers: readonly Layer[],
  options: Pick<QuantizeOptions, 'include' | 'exclude'>,
): (layer: Layer) => Message | undefined {
  const names = layers.map((layer) => layer.name);
  const included = pickLayers('include', options.include, names);
  const excluded = pickLayers('exclude', options.exclude, names);
  return ({ name }) => {
    const pattern = excluded.get(name);
    if (pattern !== undefined) return sentence('compress.skipped.excluded', { pattern });
    return included.size === 0 || included.has(name) ? undefined : sentence('compress.skipped.not-included');
  };
}
