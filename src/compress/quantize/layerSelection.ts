import type { Layer } from '../../graph/layers.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import { pickLayers } from '../layerPatterns.js';
import type { QuantizeOptions } from './options.js';

export interface LayerSelection {
  /** Why a layer is not to be touched; undefined where it is. */
  objection(layer: Layer): Message | undefined;
  /** What each pattern matched. */
  readonly notes: readonly Message[];
}

/** Layers by the options `include` and `exclude`. Throws a Failure for a pattern that names no layer. */
export function selectLayers(
  layers: readonly Layer[],
  options: Pick<QuantizeOptions, 'include' | 'exclude'>,
): LayerSelection {
  const included = pickLayers('include', options.include, layers);
  const excluded = pickLayers('exclude', options.exclude, layers);
  return {
    objection({ name }) {
      const pattern = excluded.patternOf.get(name);
      if (pattern !== undefined) return sentence('compress.skipped.excluded', { pattern });
      const isIncluded = included.patternOf.size === 0 || included.patternOf.has(name);
      return isIncluded ? undefined : sentence('compress.skipped.not-included');
    },
    notes: [
      ...matchNotes('include', included.matches, layers.length),
      ...matchNotes('exclude', excluded.matches, layers.length),
    ],
  };
}

/** A sentence for each pattern that tells the layers it matched. */
export function matchNotes(option: string, matches: ReadonlyMap<string, readonly string[]>, total: number): Message[] {
  return [...matches].map(([pattern, names]) =>
    sentence('compress.note.matched', { option, pattern, count: names.length, total, layers: names.join(', ') }),
  );
}
