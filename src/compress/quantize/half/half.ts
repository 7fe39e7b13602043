/** The schemes float16 and bfloat16: numbers of 16 bits instead of 32, with float32 where 16 do not hold them. */
import { copyModel } from '../../../graph/copy.js';
import { inferShapes } from '../../../graph/inferShapes.js';
import type { Layer } from '../../../graph/layers.js';
import { layersOf } from '../../../graph/layers.js';
import type { Model } from '../../../graph/model.js';
import type { Node } from '../../../graph/node.js';
import { sentence } from '../../../messages/catalog.js';
import { Failure } from '../../../messages/failure.js';
import type { Message } from '../../../messages/message.js';
import { observableValues } from '../../../inspect/activations/observableValues.js';
import type { Applied, ApplyInput, Choices, Skipped, StatisticsRequest, StoredBytes } from '../../method.js';
import { candidatesOf } from '../candidates.js';
import { chosenNodes } from '../chosen.js';
import { nothingToDo } from '../nothingToDo.js';
import type { QuantizeOptions } from '../options.js';
import type { Scheme } from '../scheme.js';
import { assignTypes } from './assignTypes.js';
import { convertTypes } from './convertTypes.js';
import { gatherEvidence } from './evidence.js';
import { isNormalization } from './halfOperators.js';
import { findIslands } from './islands.js';
import type { HalfType } from './storeHalf.js';
import { storableWeights, storeHalf } from './storeHalf.js';
import type { TypeGroup } from './typeGroups.js';
import { typeGroups } from './typeGroups.js';

/** Are weights alone of 16 bits, and computed with in float32? No processor kernel of onnxruntime takes bfloat16. */
export function storesOnly(options: QuantizeOptions): boolean {
  return options.scheme === 'bfloat16' || options.halfWeightsOnly;
}

/** The scheme of both types. */
export const halfScheme: Scheme = {
  needsData: () => false,
  refuse: () => undefined,
  candidates(model, options) {
    const opset = model.opsets.get('') ?? 0;
    if (options.scheme === 'bfloat16' && opset < 13) throw new Failure('compress.quantize.half.opset', { opset });
    const objection = storesOnly(options) ? storageRefusal : computeRefusal(model);
    const choice = { label: options.scheme, settings: { weights: options.scheme } };
    return candidatesOf(model, options, objection, () => choice, []);
  },
  storedBytes,
  statistics,
  apply: (input) => (storesOnly(input.options) ? applyStorage(input) : applyCompute(input)),
};

function storageRefusal(layer: Layer): Message | undefined {
  if (layer.localFunction) return sentence('compress.skipped.function');
  return storableWeights(layer).length > 0 ? undefined : sentence('compress.quantize.half.skipped.no-weights');
}

function computeRefusal(model: Model): (layer: Layer) => Message | undefined {
  const kinds = new Map<Node, Set<TypeGroup['kind']>>();
  for (const { node, kind } of typeGroups(model)) if (node) kinds.set(node, (kinds.get(node) ?? new Set()).add(kind));
  return ({ node, localFunction }) => {
    if (localFunction) return sentence('compress.skipped.function');
    const found = kinds.get(node);
    if (!found) return sentence('compress.quantize.skipped.not-float');
    if (found.has('half') || found.has('any')) return undefined;
    return sentence('compress.quantize.half.skipped.operator', { op: node.opType });
  };
}

/** Every float32 value that can be seen: where it is too great or too small for 16 bits decides. */
function statistics(model: Model, _choices: Choices, options: QuantizeOptions): StatisticsRequest {
  if (storesOnly(options)) return { ranges: [] };
  const values = observableValues(model, layersOf(model)).filter(({ elementType }) => elementType === 'float32');
  return { ranges: [], distributions: new Map(values.map(({ key }) => [key, null])) };
}

/** Every float32 weight of a chosen layer is predicted to be stored in 16 bits. */
function storedBytes(model: Model, choices: Choices, options: QuantizeOptions): StoredBytes[] {
  const stored = new Map<unknown, StoredBytes>();
  for (const layer of layersOf(model)) {
    if ((choices.get(layer.name)?.settings ?? null) === null) continue;
    const storable = new Set(storableWeights(layer).map(({ name }) => name));
    for (const { owner, name, tensor, isParameter, bytes } of layer.weights) {
      const isStored = storesOnly(options) ? storable.has(name) : isParameter && tensor.elementType === 'float32';
      if (isStored && !stored.has(owner)) stored.set(owner, { layer: layer.name, before: bytes, after: bytes / 2 });
    }
  }
  return [...stored.values()];
}

async function applyStorage({ model: prepared, choices, options, ...work }: ApplyInput<QuantizeOptions>) {
  const model = copyModel(prepared);
  const layers = layersOf(model);
  const type: HalfType = options.scheme === 'bfloat16' ? 'bfloat16' : 'float16';
  const left = await storeHalf(model, layers, chosenNodes(layers, choices), type, work);
  return outcome(model, layers, choices, new Map([...left].map(([{ node }, reason]) => [node, reason])), [
    sentence(`compress.quantize.half.note.stored`, { type }),
  ]);
}

async function applyCompute(input: ApplyInput<QuantizeOptions>): Promise<Applied> {
  const { choices, options, statistics, signal, onProgress } = input;
  const model = copyModel(input.model);
  const layers = layersOf(model);
  const groups = typeGroups(model);
  const inference = inferShapes(model);
  const evidence = await gatherEvidence(model, layers, groups, inference, statistics, options.halfMargin, {
    signal,
    onProgress: (fraction) => onProgress?.(fraction / 2),
  });
  const islands = findIslands(groups, evidence);
  const chosen = chosenNodes(layers, choices);
  const inFloat = (group: TypeGroup) => {
    const { kind, node } = group;
    if (kind === 'float32' || islands.has(group)) return true;
    if (kind === 'boundary') return options.keepIoTypes;
    return !chosen.has(node!) || (options.floatNormalization && isNormalization(node!));
  };
  const halves = assignTypes(groups, inFloat);
  const left = leftLayers(groups, halves, islands);
  const casts = await convertTypes(model, groups, halves);
  onProgress?.(1);
  const seen = statistics.distributions !== undefined && statistics.distributions.size > 0;
  return outcome(model, layers, choices, left, [
    sentence('compress.quantize.half.note.computes', { casts }),
    ...(seen ? [] : [sentence('compress.quantize.half.note.no-data')]),
  ]);
}

/** Why nodes have no part in 16 bits. */
function leftLayers(
  groups: readonly TypeGroup[],
  halves: ReadonlySet<TypeGroup>,
  islands: ReadonlyMap<TypeGroup, Message>,
): Map<Node, Message> {
  const left = new Map<Node, Message>();
  const touched = new Set<Node>();
  for (const group of groups) {
    const { node } = group;
    if (!node) continue;
    if (halves.has(group)) touched.add(node);
    const reason = islands.get(group) ?? sentence('compress.quantize.half.skipped.between');
    if (group.kind !== 'float32' && !left.has(node)) left.set(node, reason);
  }
  for (const node of touched) left.delete(node);
  return left;
}

function outcome(
  model: Model,
  layers: readonly Layer[],
  choices: Choices,
  left: ReadonlyMap<Node, Message>,
  notes: readonly Message[],
): Applied {
  const applied: Applied['applied'][number][] = [];
  const skipped: Skipped[] = [];
  const sites = new Map<string, readonly string[]>();
  for (const { name, node } of layers) {
    const choice = choices.get(name);
    if (!choice || choice.settings === null) continue;
    sites.set(name, [name]);
    const reason = left.get(node);
    if (reason) skipped.push({ layer: name, reason });
    else applied.push({ layer: name, choice: choice.label });
  }
  if (applied.length === 0) throw nothingToDo(skipped);
  return { model, applied, skipped, notes, sites };
}
