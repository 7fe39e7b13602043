/** Findings on what a chosen target cannot run, or not in 8 bits. */
import type { Inference } from '../../graph/inference/inference.js';
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { isFoldable } from '../../graph/passes/foldBatchNormalization.js';
import { sentence } from '../../messages/catalog.js';
import { formatInteger } from '../../messages/units.js';
import type { RankedFinding } from './rankedFinding.js';
import type { Target } from './targets.js';

export interface TargetedModel {
  readonly model: Model;
  readonly layers: readonly Layer[];
  readonly shapes: Inference;
}

export function targetFindings(of: TargetedModel, target: Target): RankedFinding[] {
  return [...tooNew(of, target), ...unsupported(of, target), ...notFused(of, target)];
}

function tooNew({ model, layers }: TargetedModel, { title, newestOpset, newestIrVersion }: Target): RankedFinding[] {
  const asked = [
    { what: 'opset', version: model.opsets.get('') ?? 0, newest: newestOpset },
    { what: 'IR version', version: model.irVersion, newest: newestIrVersion },
  ];
  return asked.flatMap(({ what, version, newest }) => {
    if (version <= newest) return [];
    const params = { what, version: String(version), newest: String(newest), target: title };
    return [about(layers[0], 'too-new', sentence('inspect.finding.too-new', params), true)];
  });
}

/** Operators of domains that the target does not have; one finding an operator. */
function unsupported({ model, layers }: TargetedModel, { title, domains }: Target): RankedFinding[] {
  const local = new Set(model.functions.map(({ domain, name }) => `${domain} ${name}`));
  const known = new Set(domains);
  const strange = layers.filter(({ node }) => !known.has(node.domain) && !local.has(`${node.domain} ${node.opType}`));
  return firstOfEach(strange).map(({ layer }) => {
    const params = { op: layer.node.opType, domain: layer.node.domain, layer: layer.name, target: title };
    return about(layer, 'unsupported', sentence('inspect.finding.unsupported', params), true);
  });
}

/** Operators on float activations without an 8-bit kernel; one finding an operator, the commonest first. */
function notFused({ layers, shapes }: TargetedModel, { title, eightBit, passesOn, absorbed }: Target): RankedFinding[] {
  if (!eightBit) return [];
  // The quantizer folds them first.
  const folded = new Set(layers.filter(({ scope, node }) => isFoldable(scope, node)).map(({ node }) => node));
  const floats = layers.filter(({ node, graph }) => {
    const { opType } = node;
    const isFine = eightBit.has(opType) || passesOn.has(opType) || carries.has(opType) || folded.has(node);
    if (node.domain !== '' || isFine) return false;
    const type = shapes.elementTypeOf(graph, node.outputs.find((output) => output !== '') ?? '');
    if (type !== 'float32' && type !== 'float16') return false;
    const before = graph.producer(node.inputs[0] ?? '');
    const producer = before && folded.has(before) ? graph.producer(before.inputs[0] ?? '') : before;
    return !(absorbed.has(opType) && producer && eightBit.has(producer.opType));
  });
  return firstOfEach(floats)
    .sort((a, b) => b.count - a.count)
    .map(({ layer, count }) => {
      const params = { op: layer.node.opType, target: title, layer: layer.name, count: formatInteger(count) };
      const id = count === 1 ? 'inspect.finding.not-fused-one' : 'inspect.finding.not-fused';
      return about(layer, 'not-fused', sentence(id, params), false);
    });
}

/** Operators that compute no activation: they carry others, make constants, or convert. */
const carries = new Set([
  'If',
  'Loop',
  'Scan',
  'Cast',
  'CastLike',
  'ConstantOfShape',
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
]);

function firstOfEach(layers: readonly Layer[]): { layer: Layer; count: number }[] {
  const found = new Map<string, { layer: Layer; count: number }>();
  for (const layer of layers) {
    const key = `${layer.node.domain} ${layer.node.opType}`;
    const known = found.get(key);
    if (known) known.count++;
    else found.set(key, { layer, count: 1 });
  }
  return [...found.values()];
}

function about(
  layer: Layer | undefined,
  kind: string,
  message: RankedFinding['message'],
  broken: boolean,
): RankedFinding {
  const name = layer?.name ?? '';
  return {
    layer: name,
    kind,
    message,
    savedBytes: 0,
    concernedBytes: 0,
    broken,
    shows: { page: 'layers', layer: name },
  };
}
