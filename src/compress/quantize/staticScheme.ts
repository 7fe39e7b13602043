import { copyModel } from '../../graph/copy.js';
import type { Layer } from '../../graph/layers.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { isFastInEightBits } from '../../inspect/findings/fastInEightBits.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import { formatBytes } from '../../messages/units.js';
import type { Candidates, Choice, Choices, StatisticsRequest, Target } from '../method.js';
import { applyStatic } from './applyStatic.js';
import { calibrationRequest } from './calibration/activationRanges.js';
import { candidatesOf, commonObjection } from './candidates.js';
import { isSupported } from './families.js';
import { floatValues } from './floatValues.js';
import { bitsOf } from './integerRange.js';
import type { LayerSettings } from './layerSettings.js';
import { isEightBit, LayerSettingsResolver } from './layerSettings.js';
import { matchNotes } from './layerSelection.js';
import { leaveLightInFloat } from './lightLayers.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import { parseOverrides } from './overrides.js';
import { saturationNotes } from './saturationNotes.js';
import type { Scheme } from './scheme.js';
import { chosenSettings } from './settlePlan.js';
import { planStatic } from './staticPlan.js';
import { refuseStatic } from './refuseStatic.js';
import { softmaxObjection } from './softmax.js';
import { storedBytes } from './storedBytes.js';

/** Ranges of activations are measured beforehand; with simulated widths, too. */
export const staticScheme: Scheme = {
  needsData(options) {
    const types = parseOverrides(options.overrides).layers.map(([, { activationType }]) => activationType);
    return [options.activationType, ...types].some((type) => type !== undefined && type !== 'float32');
  },
  refuse: refuseStatic,
  candidates,
  storedBytes(model, choices, options) {
    const layers = layersOf(model);
    const overrides = parseOverrides(options.overrides);
    const resolver = new LayerSettingsResolver(options, overrides, layers, model.opsets.get('') ?? 1);
    return storedBytes(layers, choices, (layer, choice) => resolver.settingsOf(layer, choice).weights);
  },
  statistics,
  apply: applyStatic,
};

function candidates(model: Model, options: QuantizeOptions, target: Target): Candidates {
  const isFloat = floatValues(model);
  const layers = layersOf(model);
  const overrides = parseOverrides(options.overrides);
  const resolver = new LayerSettingsResolver(options, overrides, layers, model.opsets.get('') ?? 1);
  const settings = new Map(layers.map((layer) => [layer.name, resolver.settingsOf(layer)]));
  const of = ({ name }: Layer) => settings.get(name)!;
  const ofOne = softmaxObjection(model);
  const unfitSoftmax = (layer: Layer) => {
    const { activations } = of(layer);
    return !isExact(options) && activations && bitsOf(activations.type) === 8 ? ofOne(layer) : undefined;
  };
  const found = candidatesOf(
    model,
    options,
    (layer) => objection(layer, of(layer), options, isFloat) ?? unfitSoftmax(layer),
    (layer) =>
      options.scheme === 'simulated'
        ? simulatedChoice(layer, of(layer), resolver.optionsOf(layer))
        : choiceOf(layer, resolver.optionsOf(layer)),
    [...typeNotes(options, target), ...matchNotes('overrides', resolver.matches, layers.length)],
  );
  const { sites, skipped, notes } = leaveLightInFloat(model, found, options, (layer) => isEightBit(of(layer)));
  const chosen = new Set(sites.filter(({ preferred }) => preferred === 1).map(({ layer }) => layer));
  const quantized = layers.filter(({ name }) => chosen.has(name));
  return { sites, skipped, notes: [...speedNotes(quantized.map(of), options), ...notes] };
}

function objection(
  layer: Layer,
  settings: LayerSettings,
  options: QuantizeOptions,
  isFloat: (value: string) => boolean,
): Message | undefined {
  const { node } = layer;
  const common = commonObjection(layer);
  if (common) return common;
  if (!isSupported(node, isExact(options))) return sentence('compress.quantize.skipped.operator', { op: node.opType });
  if (![...node.inputs, ...node.outputs].some(isFloat)) return sentence('compress.quantize.skipped.not-float');
  if (isExact(options)) return undefined;
  if (!settings.activations && (!settings.weights || !hasWeights(layer))) {
    return sentence('compress.quantize.skipped.stays-float');
  }
  if (options.quantizeUnfused || options.scheme === 'simulated' || !isEightBit(settings)) return undefined;
  return isFastInEightBits(node) ? undefined : unfused(layer, settings);
}

/** It would be computed in float32 between conversions: quantized, but slower. What that costs in bytes is said. */
function unfused(layer: Layer, { weights: format }: LayerSettings): Message {
  const weights = layer.weights.filter(({ role }) => role === 'weight');
  const bytes = weights.reduce((sum, weight) => sum + weight.bytes, 0);
  const { opType: op } = layer.node;
  const smaller = format ? (bytes * bitsOf(format.type)) / 32 : bytes;
  if (bytes - smaller < 1024) return sentence('compress.quantize.skipped.unfused', { op });
  return sentence('compress.quantize.skipped.unfused-weights', {
    op,
    bytes: formatBytes(bytes),
    smaller: formatBytes(smaller),
  });
}

function hasWeights({ weights }: Layer): boolean {
  return weights.some(({ role }) => role === 'weight');
}

/** Labelled by the types that meet in the layer: one where it has no weights, or weights of the type of activations. */
export function choiceOf(layer: Layer, { activationType: activations, weightType: weights }: QuantizeOptions): Choice {
  const label = hasWeights(layer) && activations !== weights ? `${activations} x ${weights}` : activations;
  return { label, settings: { activations, weights } };
}

/** Labelled by the widths, and the types that they are stored in. */
function simulatedChoice(layer: Layer, settings: LayerSettings, options: QuantizeOptions): Choice {
  const { activationType: activations, weightType: weights, activationBits, bits } = options;
  const sides = [settings.activations, ...(hasWeights(layer) ? [settings.weights] : [])];
  const widths = sides.map((format) => (format ? String(format.bits) : 'float32')).join(' x ');
  const types = sides.map((format) => format?.type ?? 'float32').join(' x ');
  return { label: `${widths} bits in ${types}`, settings: { activations, weights, activationBits, bits } };
}

/** What the types mean for the speed of the model here. */
function speedNotes(chosen: readonly LayerSettings[], options: QuantizeOptions): Message[] {
  if (isExact(options)) return [];
  const slower = chosen.filter((settings) => !isEightBit(settings)).length;
  if (options.scheme === 'simulated') return [sentence('compress.quantize.note.simulated')];
  return slower > 0 ? [sentence('compress.quantize.note.slower', { count: slower })] : [];
}

/** What the types mean for the processors the model may run on. */
export function typeNotes(options: QuantizeOptions, target: Target): Message[] {
  if (options.scheme === 'simulated') return [];
  const notes = saturationNotes(options, target);
  if (options.activationType === 'int8') notes.push(sentence('compress.quantize.note.int8-activations'));
  return notes;
}

function statistics(model: Model, choices: Choices, options: QuantizeOptions): StatisticsRequest {
  const copy = copyModel(model);
  const chosen = chosenSettings(copy, layersOf(copy), choices, options);
  const plan = planStatic(copy, chosen, floatValues(copy), options);
  const sources = [...plan.ranges.values()].filter((source) => typeof source === 'string');
  return calibrationRequest([...new Set(sources)], options);
}
