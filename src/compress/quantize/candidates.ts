import type { Layer } from '../../graph/layers.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { Candidates, Choice, Site, Skipped } from '../method.js';
import { selectLayers } from './layerSelection.js';
import type { QuantizeOptions } from './options.js';

/** Sites for all layers without an objection, quantized by default where `include` and `exclude` leave them. */
export function candidatesOf(
  model: Model,
  options: QuantizeOptions,
  objection: (layer: Layer) => Message | undefined,
  choiceOf: (layer: Layer) => Choice,
  notes: readonly Message[],
): Candidates {
  const layers = layersOf(model);
  const selection = selectLayers(layers, options);
  const sites: Site[] = [];
  const skipped: Skipped[] = [];
  for (const layer of layers) {
    const reason = objection(layer);
    const unwanted = reason ?? selection.objection(layer);
    if (unwanted) skipped.push({ layer: layer.name, reason: unwanted });
    if (reason) continue;
    const choices = [{ label: 'float32', settings: null }, choiceOf(layer)];
    sites.push({ id: layer.name, layer: layer.name, choices, preferred: unwanted ? 0 : 1 });
  }
  return { sites, skipped, notes: [...notes, ...selection.notes] };
}

/** Why no scheme of integers quantizes a layer; undefined where nothing speaks against it. */
export function commonObjection({ scope, localFunction, weights }: Layer): Message | undefined {
  if (localFunction) return sentence('compress.skipped.function');
  if (scope.parent) return sentence('compress.skipped.subgraph');
  const isEmpty = weights.some(({ role, elements }) => role === 'weight' && elements === 0);
  return isEmpty ? sentence('compress.quantize.skipped.no-elements') : undefined;
}
