/** Quantization to 8 bits, static and dynamic: the first of the methods. */
import { copyModel } from '../../graph/copy.js';
import { layersOf } from '../../graph/layers.js';
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { operatorOf } from '../../graph/operators.js';
import { sentence } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import { pickLayers } from '../layerPatterns.js';
import type { Candidates, Choice, Choices, Method, Site, Skipped, StatisticsRequest, Target } from '../method.js';
import { applyDynamic } from './applyDynamic.js';
import { applyStatic } from './applyStatic.js';
import { chosenNodes } from './chosen.js';
import { dynamicOperators, isDynamicSite } from './dynamic.js';
import { isSupported } from './families.js';
import { floatValues } from './floatValues.js';
import type { QuantizeOptions } from './options.js';
import { isExact, isRangeReduced, quantizeOptions } from './options.js';
import { planStatic } from './staticPlan.js';
import { prepare } from './prepare.js';
import { storedBytes } from './storedBytes.js';

export const quantize: Method<QuantizeOptions> = {
  name: 'quantize',
  title: 'compress.quantize.title',
  options: quantizeOptions,
  needsData: (options) => options.scheme === 'static',

  prepare: async (model, options, context) => {
    refuse(model, options);
    return prepare(model, options, context);
  },

  candidates,

  storedBytes,

  statistics,

  apply: (input) => (input.options.scheme === 'static' ? applyStatic(input) : applyDynamic(input)),
};

function refuse(model: Model, options: QuantizeOptions): void {
  if (options.scheme === 'static' && options.activationType === 'int8' && options.weightType === 'uint8') {
    throw new Failure('compress.quantize.int8-by-uint8');
  }
  for (const { node, name } of layersOf(model)) {
    const quantized =
      node.is('QuantizeLinear') || node.is('DequantizeLinear') || operatorOf(node)?.integerWeights !== undefined;
    if (quantized) throw new Failure('compress.quantize.already-quantized', { layer: name, op: node.opType });
  }
}

function candidates(model: Model, options: QuantizeOptions, target: Target): Candidates {
  const layers = layersOf(model);
  const names = layers.map((layer) => layer.name);
  const included = pickLayers('include', options.include, names);
  const excluded = pickLayers('exclude', options.exclude, names);
  const isFloat = floatValues(model);
  const sites: Site[] = [];
  const skipped: Skipped[] = [];
  for (const layer of layers) {
    const reason = objection(layer, model, options, isFloat);
    if (reason) {
      skipped.push({ layer: layer.name, reason });
      continue;
    }
    const pattern = excluded.get(layer.name);
    const wanted = pattern === undefined && (included.size === 0 || included.has(layer.name));
    sites.push({
      id: layer.name,
      layer: layer.name,
      choices: [{ label: 'float32', settings: null }, integerChoice(layer, options)],
      preferred: wanted ? 1 : 0,
    });
    if (wanted) continue;
    skipped.push({
      layer: layer.name,
      reason:
        pattern === undefined
          ? sentence('compress.skipped.not-included')
          : sentence('compress.skipped.excluded', { pattern }),
    });
  }
  return { sites, skipped, notes: typeNotes(options, target) };
}

/** Why a layer cannot be quantized, whatever is chosen. */
function objection(
  { node, scope, localFunction, weights }: Layer,
  model: Model,
  options: QuantizeOptions,
  isFloat: (value: string) => boolean,
): Message | undefined {
  if (localFunction) return sentence('compress.skipped.function');
  if (scope.parent) return sentence('compress.skipped.subgraph');
  if (weights.some(({ role, elements }) => role === 'weight' && elements === 0)) {
    return sentence('compress.quantize.skipped.no-elements');
  }
  if (options.scheme === 'static') {
    if (!isSupported(node, isExact(options)))
      return sentence('compress.quantize.skipped.operator', { op: node.opType });
    const touchesFloats = [...node.inputs, ...node.outputs].some(isFloat);
    return touchesFloats ? undefined : sentence('compress.quantize.skipped.not-float');
  }
  if (node.is('Transpose')) return undefined;
  if (!dynamicOperators.has(node.opType) || node.domain !== '') {
    return sentence('compress.quantize.skipped.operator', { op: node.opType });
  }
  if (isExact(options) || isDynamicSite(node, model.graph)) return undefined;
  return sentence('compress.quantize.skipped.weight-not-constant');
}

/** Labelled by the types that meet in the layer: one where it has no weights, or weights of the type of activations. */
function integerChoice(layer: Layer, options: QuantizeOptions): Choice {
  const activations = options.scheme === 'dynamic' ? 'uint8' : options.activationType;
  const weights = options.weightType;
  const weighted = layer.weights.some(({ role }) => role === 'weight');
  return {
    label: weighted && activations !== weights ? `${activations} x ${weights}` : activations,
    settings: { activations, weights },
  };
}

/** What the types mean for the processors the model may run on. */
function typeNotes(options: QuantizeOptions, target: Target): Message[] {
  const notes: Message[] = [];
  if (options.weightType === 'int8') {
    if (!isRangeReduced(options)) {
      const exactHere = sentence('compress.quantize.note.may-saturate-elsewhere');
      notes.push(target.exactInt8Sums ? exactHere : sentence('compress.quantize.note.saturates-here'));
    } else if (options.reduceRange === null) notes.push(sentence('compress.quantize.note.reduced-range'));
  }
  if (options.scheme === 'static' && options.activationType === 'int8') {
    notes.push(sentence('compress.quantize.note.int8-activations'));
  }
  return notes;
}

function statistics(model: Model, choices: Choices, options: QuantizeOptions): StatisticsRequest {
  if (options.scheme === 'dynamic') return { ranges: [] };
  const copy = copyModel(model);
  const chosen = chosenNodes(layersOf(copy), choices);
  const isFloat = floatValues(copy);
  const plan = planStatic(copy, chosen, isFloat, options);
  const sources = [...plan.ranges.values()].filter((source) => typeof source === 'string');
  return { ranges: [...new Set(sources)] };
}
