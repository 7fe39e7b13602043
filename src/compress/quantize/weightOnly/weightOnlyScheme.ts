import type { Layer } from '../../../graph/layers.js';
import { layersOf } from '../../../graph/layers.js';
import type { Model } from '../../../graph/model.js';
import { sentence } from '../../../messages/catalog.js';
import { Failure } from '../../../messages/failure.js';
import type { Message } from '../../../messages/message.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { Candidates, Choice, Choices, StoredBytes } from '../../method.js';
import { candidatesOf, commonObjection } from '../candidates.js';
import { matchNotes } from '../layerSelection.js';
import type { WeightFormat } from '../layerSettings.js';
import type { QuantizeOptions } from '../options.js';
import { parseOverrides } from '../overrides.js';
import { isExact } from '../options.js';
import type { Scheme } from '../scheme.js';
import { applyLikeOnnxruntime } from './applyLikeOnnxruntime.js';
import { applyWeightOnly, planChosen } from './applyWeightOnly.js';
import { exactObjection, refuseInexact } from './exactRules.js';
import { integerBytes } from './planWeights.js';
import { weightFormats } from './weightFormats.js';
import type { WeightChoice } from './weightFormats.js';
import { granularityOf, isWeightSite, weightSiteOf } from './weightSite.js';

/** Weights as integers, activations in float32. */
export const weightOnlyScheme: Scheme = {
  needsData: () => false,
  refuse,
  candidates,
  storedBytes,
  statistics: () => ({ ranges: [] }),
  apply: (input) => (isExact(input.options) ? applyLikeOnnxruntime(input) : applyWeightOnly(input)),
};

function refuse(options: QuantizeOptions): void {
  const { layers } = parseOverrides(options.overrides);
  for (const own of [options, ...layers.map(([, values]) => ({ ...options, ...values }))]) {
    const { format, weightType, blockSize } = own;
    const isBlocked = elementTypes[weightType].kind === 'integer' && elementTypes[weightType].bits <= 8;
    if (format === 'qoperator' && weightType !== 'float32' && !isBlocked) {
      throw new Failure('compress.quantize.blocked-type', { type: weightType });
    }
    if (blockSize > 0 && !Number.isInteger(Math.log2(blockSize))) {
      throw new Failure('compress.quantize.block-size', { size: blockSize });
    }
  }
  if (isExact(options)) refuseInexact(options);
}

function candidates(model: Model, options: QuantizeOptions): Candidates {
  const layers = layersOf(model);
  const { formatOf, matches } = weightFormats(model, layers, options);
  return candidatesOf(
    model,
    options,
    (layer) => objection(layer, formatOf(layer), options),
    (layer) => choiceOf(layer, formatOf(layer)),
    matchNotes('overrides', matches, layers.length),
  );
}

function objection(layer: Layer, format: WeightFormat | null, options: QuantizeOptions): Message | undefined {
  const common = commonObjection(layer);
  if (common) return common;
  const site = weightSiteOf(layer);
  if (!isWeightSite(site)) return site;
  if (!format) return sentence('compress.quantize.skipped.stays-float');
  return isExact(options) ? exactObjection(layer, site, options) : undefined;
}

function choiceOf(layer: Layer, format: WeightFormat | null): Choice {
  const site = weightSiteOf(layer);
  if (!format || !isWeightSite(site)) throw new RangeError(`${layer.name} has nothing to choose`);
  const { blockSize } = granularityOf(site, format);
  const settings: WeightChoice = { weights: format.type, blockSize: format.blockSize ?? 0 };
  return {
    label: blockSize === undefined ? `${format.type} weights` : `${format.type} weights, block ${blockSize}`,
    settings: { ...settings },
  };
}

function storedBytes(model: Model, choices: Choices, options: QuantizeOptions): StoredBytes[] {
  const layers = layersOf(model);
  const nameOf = new Map(layers.map(({ node, name }) => [node, name]));
  return planChosen(model, layers, choices, options).weights.map((planned) => ({
    layer: planned.sites.map(({ node }) => nameOf.get(node))[0] ?? '',
    before: model.graph.initializers.get(planned.weight)?.tensor.bytes.byteLength ?? 0,
    after: integerBytes(planned),
  }));
}
