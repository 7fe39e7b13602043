import type { Layer } from '../../graph/layers.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { isLightInEightBits, passesEightBitsOn } from '../../inspect/findings/fastInEightBits.js';
import { sentence } from '../../messages/catalog.js';
import type { Candidates } from '../method.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';

/**
 * Leaves light layers in float32 all of whose inputs come from layers in float32: to compute them on integers each input
 * would be converted first, which costs time and accuracy and saves nothing. They can be chosen all the same.
 * `isEightBit` tells the layers that would compute with 8 bits: those of other widths count as float32, and are not judged.
 */
export function leaveLightInFloat(
  model: Model,
  candidates: Candidates,
  options: QuantizeOptions,
  isEightBit: (layer: Layer) => boolean,
): Candidates {
  if (asksForEach(options)) return candidates;
  const chosen = new Set(candidates.sites.filter(({ preferred }) => preferred !== 0).map(({ layer }) => layer));
  const alone = lightLayersAmongFloats(
    layersOf(model),
    (layer) => chosen.has(layer.name) && isEightBit(layer),
    (value) => model.graph.initializers.has(value),
  );
  const reason = sentence('compress.quantize.skipped.among-floats');
  return {
    sites: candidates.sites.map((site) => (alone.has(site.layer) ? { ...site, preferred: 0 } : site)),
    skipped: [...candidates.skipped, ...[...alone].map((layer) => ({ layer, reason }))],
    notes: candidates.notes,
  };
}

/** Is every layer to be quantized that can be, whether it pays or not? */
function asksForEach(options: QuantizeOptions): boolean {
  return isExact(options) || options.quantizeUnfused || options.scheme === 'simulated' || options.include !== '';
}

/** Names of the light layers, out of `layers` in file order, that would read no integers from those that are chosen. */
function lightLayersAmongFloats(
  layers: readonly Layer[],
  isChosen: (layer: Layer) => boolean,
  isConstant: (value: string) => boolean,
): Set<string> {
  const integers = new Set<string>();
  const found = new Set<string>();
  for (const layer of layers) {
    if (!isChosen(layer)) continue;
    const { node } = layer;
    const read = node.inputs.filter((value) => value !== '' && !isConstant(value));
    const readsIntegers = read.some((value) => integers.has(value));
    if (isLightInEightBits(node) && !readsIntegers && read.length > 0) {
      found.add(layer.name);
      continue;
    }
    const isTable = isConstant(node.inputs[0] ?? '');
    if (passesEightBitsOn(node) && !readsIntegers && !isTable) continue;
    for (const output of node.outputs) integers.add(output);
  }
  return found;
}
