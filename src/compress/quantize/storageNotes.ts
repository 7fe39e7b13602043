import type { Layer } from '../../graph/layers.js';
import { elementCount } from '../../tensor/elementType.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import { formatBytes } from '../../messages/units.js';
import { bitsOf } from './integerRange.js';
import type { QuantizeOptions } from './options.js';
import type { StaticPlan } from './staticPlan.js';
import type { ValueParameters } from './valueParameters.js';

/** What simulated widths come to: the bits that weights would have, and those that they are stored in. */
export function storageNotes(
  layers: readonly Layer[],
  { placement }: StaticPlan,
  parameters: ReadonlyMap<string, ValueParameters>,
  { scheme }: QuantizeOptions,
): Message[] {
  if (scheme !== 'simulated') return [];
  let elements = 0;
  let logical = 0;
  let stored = 0;
  const seen = new Set<string>();
  for (const { name, tensor } of layers.flatMap(({ weights }) => weights)) {
    const mark = placement.marks.get(name);
    const own = parameters.get(name);
    if (mark?.kind !== 'weight' || !own || seen.has(name)) continue;
    seen.add(name);
    const count = elementCount(tensor.shape);
    elements += count;
    logical += count * mark.format.bits;
    stored += count * bitsOf(own.type);
  }
  if (elements === 0) return [];
  return [
    sentence('compress.quantize.note.simulated-bits', {
      count: elements,
      bits: rounded(logical / elements),
      storedBits: rounded(stored / elements),
      bytes: formatBytes(Math.ceil(logical / 8)),
      storedBytes: formatBytes(Math.ceil(stored / 8)),
    }),
  ];
}

function rounded(bits: number): string {
  return String(Math.round(bits * 100) / 100);
}
