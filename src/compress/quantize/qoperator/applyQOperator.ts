import { copyModel } from '../../../graph/copy.js';
import { layersOf } from '../../../graph/layers.js';
import type { Layer } from '../../../graph/layers.js';
import type { Model } from '../../../graph/model.js';
import { Names } from '../../../graph/names.js';
import type { Node } from '../../../graph/node.js';
import { removeDead } from '../../../graph/removeDead.js';
import { Scope } from '../../../graph/scope.js';
import { sortTopologically } from '../../../graph/sort.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import type { Applied, Skipped } from '../../method.js';
import { calibratedRanges } from '../calibration/calibratedRanges.js';
import { chosenNodes } from '../chosen.js';
import { finishLikeOnnxruntime } from '../finishLikeOnnxruntime.js';
import { floatValues } from '../floatValues.js';
import { nothingToDo } from '../nothingToDo.js';
import type { QuantizeOptions } from '../options.js';
import { isExact } from '../options.js';
import type { RoundedWeights } from '../rounding/rounding.js';
import { roundingTasks } from '../rounding/roundingTasks.js';
import { roundWeights } from '../rounding/roundWeights.js';
import type { QuantizeInput } from '../scheme.js';
import { singleNumber } from '../singleNumber.js';
import { activationGrid } from '../staticParameters.js';
import { floatsOf } from '../tensors.js';
import type { ActivationGrids } from './activationGrids.js';
import { activationGrids } from './activationGrids.js';
import { constantParameters } from '../constantParameters.js';
import { fillConstants, makeRoomForBiases } from './fillConstants.js';
import { onnxruntimeQOperatorNaming, shortQOperatorNaming } from './naming.js';
import { integerFormOf } from './operators.js';
import { microsoft, QOperatorGraph } from './qoperatorGraph.js';

/** Puts operators on integers in the place of the chosen layers. */
export async function applyQOperator(input: QuantizeInput): Promise<Applied> {
  const { options, choices, signal, onProgress } = input;
  const exact = isExact(options);
  const model = copyModel(input.model);
  const { graph } = model;
  const layers = layersOf(model);
  const isFloat = floatValues(model);
  const chosen = chosenNodes(layers, choices);
  const { ranges, notes: calibrationNotes } = await calibratedRanges(input, () => activationGrid(options));
  const grids = activationGrids(graph, chosen, isFloat, ranges, options);
  const skipped = new Map<string, Skipped>();
  for (const { name, node } of layers) {
    const reason = chosen.has(node) && (await objection(node, grids, model, options, isFloat));
    if (!reason) continue;
    skipped.set(name, { layer: name, reason });
    chosen.delete(node);
  }
  const scope = new Scope(graph);
  const integers = new QOperatorGraph({
    graph,
    opset: model.opsets.get('') ?? 1,
    options,
    naming: exact ? onnxruntimeQOperatorNaming : shortQOperatorNaming(new Names(model)),
    isFloat,
    numberOf: (value) => singleNumber(scope, value),
    activation: (value) => grids.parameters.get(value),
  });
  for (const node of graph.nodes) {
    signal?.throwIfAborted();
    if (!chosen.has(node) || !(await integerFormOf(node)(node, integers))) integers.integer.keep(node);
  }
  for (const { name, node } of layers) {
    if (!chosen.has(node) || integers.changed.has(node)) continue;
    skipped.set(name, { layer: name, reason: whyFloat(node, integers) });
    chosen.delete(node);
  }
  if (chosen.size === 0) throw nothingToDo([...skipped.values()]);
  const { scales, enlarged } = await makeRoomForBiases(integers);
  const rounded = await roundChosen(input, integers, skipped);
  let done = 0;
  await fillConstants(integers, rounded.weights, scales, () => {
    signal?.throwIfAborted();
    onProgress?.(++done / integers.constants.length);
  });
  integers.integer.finish();
  if (graph.nodes.some(({ domain }) => domain === microsoft) && !model.opsets.has(microsoft))
    model.opsets.set(microsoft, 1);
  if (exact) finishLikeOnnxruntime(model);
  else {
    removeDead(model);
    sortTopologically(graph);
  }
  const after = new Map(layersOf(model).map(({ node, name }) => [node, name]));
  const standsAt = (node: Node) => after.get(integers.changed.get(node) ?? node);
  return {
    model,
    applied: layers
      .filter(({ node }) => chosen.has(node))
      .map(({ name }) => ({ layer: name, choice: choices.get(name)?.label ?? '' })),
    skipped: [...skipped.values()],
    notes: [...calibrationNotes, ...notesOf(layers, integers, enlarged), ...rounded.notes],
    sites: new Map(layers.map(({ name, node }) => [name, [standsAt(node)].filter((each) => each !== undefined)])),
  };
}

/** Why a node cannot be quantized: a value has no grid. */
async function objection(
  node: Node,
  { unusable }: ActivationGrids,
  { graph }: Model,
  options: QuantizeOptions,
  isFloat: (value: string) => boolean,
): Promise<Message | undefined> {
  for (const value of [...node.inputs, ...node.outputs]) {
    const why = unusable.get(value);
    if (why === 'no-statistics') return sentence('compress.quantize.skipped.no-statistics', { value });
    const tensor = isFloat(value) ? graph.initializers.get(value)?.tensor : undefined;
    const isUnfit = tensor && !constantParameters(await floatsOf(tensor), tensor.shape, asOne, options);
    if (why || isUnfit) return sentence('compress.quantize.skipped.not-finite', { value });
  }
  return undefined;
}

const asOne = { isWeight: false, type: 'uint8', symmetric: false } as const;

/** Why a node that could be quantized was left. */
function whyFloat(node: Node, graph: QOperatorGraph): Message {
  const [input = '', , third = ''] = node.inputs;
  if ((node.is('Conv') || node.is('Gemm')) && third !== '' && graph.canRead(input)) {
    return sentence('compress.quantize.skipped.bias', { value: third });
  }
  return sentence('compress.quantize.skipped.input-float');
}

/** Rounding to the nearest is done weight by weight where they are written. */
async function roundChosen(
  input: QuantizeInput,
  { constants }: QOperatorGraph,
  skipped: ReadonlyMap<string, Skipped>,
): Promise<RoundedWeights> {
  const { model, options, choices } = input;
  if (options.rounding === 'nearest' && !input.rounded) return { weights: new Map(), notes: [] };
  const readers = chosenNodes(layersOf(model), choices, skipped);
  const weights = constants
    .filter(({ isWeight }) => isWeight)
    .map(({ value, parameters }) => [value, parameters] as const);
  return roundWeights(model, await roundingTasks(model, weights, (node) => readers.has(node)), options, input);
}

function notesOf(layers: readonly Layer[], { absorbed }: QOperatorGraph, enlarged: readonly string[]): Message[] {
  const notes: Message[] = [];
  if (absorbed.size > 0) notes.push(sentence('compress.quantize.note.absorbed', { count: absorbed.size }));
  const widened = layers.filter(({ weights }) => weights.some(({ name }) => enlarged.includes(name)));
  if (widened.length > 0) {
    const names = widened.map(({ name }) => name).join(', ');
    notes.push(sentence('compress.quantize.note.enlarged-scales', { count: widened.length, layers: names }));
  }
  return notes;
}
