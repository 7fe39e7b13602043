import { copyModel } from '../../graph/copy.js';
import { inferShapes } from '../../graph/inferShapes.js';
import type { Layer } from '../../graph/layers.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { Names } from '../../graph/names.js';
import type { Node } from '../../graph/node.js';
import { removeDead } from '../../graph/removeDead.js';
import type { Scope } from '../../graph/scope.js';
import { scopesOf } from '../../graph/scope.js';
import { sortTopologically } from '../../graph/sort.js';
import { sentence } from '../../messages/catalog.js';
import type { Applied, Skipped } from '../method.js';
import { chosenNodes } from './chosen.js';
import { constantParameters } from './constantParameters.js';
import { DynamicGraph, floatConstant } from './dynamicGraph.js';
import type { Naming } from './dynamicNaming.js';
import { freshNaming, plainNaming } from './dynamicNaming.js';
import { dynamicFormOf } from './dynamicOperators.js';
import { finishLikeOnnxruntime } from './finishLikeOnnxruntime.js';
import { gemmToMatMul, isPlainGemm } from './gemmToMatMul.js';
import { nothingToDo } from './nothingToDo.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import { roundDynamic } from './roundDynamic.js';
import type { QuantizeInput } from './scheme.js';
import { floatsOf } from './tensors.js';

const microsoft = 'com.microsoft';

/** Makes integers of the constant weights of the chosen layers; ranges of activations are taken while the model runs. */
export async function applyDynamic(input: QuantizeInput): Promise<Applied> {
  const { choices, options, signal, onProgress } = input;
  const exact = isExact(options);
  const model = copyModel(input.model);
  const layers = layersOf(model);
  const chosen = chosenNodes(layers, choices);
  const naming = exact ? plainNaming : freshNaming(new Names(model));
  const notFinite = await unfitConstants(layers, chosen, options);
  for (const node of notFinite.keys()) chosen.delete(node);
  // Types of values are those before any node is changed; what is added for a Gemm is float where the Gemm was.
  const isFloat = floatValuesIn(model);
  const products = await productsOfGemms(model, layers, chosen, naming, options, signal);
  const graphs: DynamicGraph[] = [];
  // What a graph reads from those around it must be settled before these are written.
  for (const scope of [...scopesOf(model)].reverse()) {
    const isWanted = scope.parent ? scope.graph.nodes.some((node) => chosen.has(node)) : scope.graph === model.graph;
    if (!isWanted || scope.localFunction) continue;
    const graph = new DynamicGraph({ scope, options, naming, isFloat: (value) => isFloat(scope, value) });
    for (const node of scope.graph.nodes) {
      signal?.throwIfAborted();
      const form = chosen.has(node) ? dynamicFormOf(node, exact) : undefined;
      const isWritten = form?.constants(node, exact) !== undefined && (await form.write(node, graph));
      if (!isWritten) graph.integer.keep(node);
    }
    graphs.push(graph);
  }
  const changed = new Map(graphs.flatMap((graph) => [...graph.changed]));
  const rounded = await roundDynamic(input, graphs, products.transposed);
  const total = graphs.reduce((sum, { constants }) => sum + constants.length, 0);
  let done = 0;
  for (const graph of graphs) {
    const own = graph.graph === model.graph ? rounded.weights : new Map<string, never>();
    await graph.fillConstants(own, () => {
      signal?.throwIfAborted();
      onProgress?.(++done / total);
    });
    graph.integer.finish();
  }
  const usesMicrosoft = [...changed.values()].some(({ domain }) => domain === microsoft);
  if (usesMicrosoft && !model.opsets.has(microsoft)) model.opsets.set(microsoft, 1);
  if (exact) finishLikeOnnxruntime(model);
  else {
    removeDead(model);
    for (const { graph } of graphs) sortTopologically(graph);
  }
  const applied: Applied['applied'][number][] = [];
  const skipped: Skipped[] = [];
  const sites = new Map<string, readonly string[]>();
  const nameAfter = new Map(layersOf(model).map(({ node, name }) => [node, name]));
  const wanted = chosenNodes(layers, choices);
  for (const { name, node } of layers) {
    const standIn = products.of.get(node) ?? node;
    const integer = changed.get(standIn);
    const after = nameAfter.get(integer ?? standIn);
    sites.set(name, after === undefined ? [] : [after]);
    const isWanted = wanted.has(node);
    if (!isWanted && !(integer && standIn !== node)) continue;
    const value = notFinite.get(node);
    const label = isWanted ? choices.get(name)?.label : `uint8 x ${options.weightType}`;
    if (integer) applied.push({ layer: name, choice: label ?? '' });
    else if (value !== undefined)
      skipped.push({ layer: name, reason: sentence('compress.quantize.skipped.not-finite', { value }) });
    else skipped.push({ layer: name, reason: sentence('compress.quantize.skipped.input-float') });
  }
  if (applied.length === 0) throw nothingToDo(skipped);
  const convolutions = [...changed.values()].filter((node) => node.is('ConvInteger')).length;
  const notes = [...rounded.notes];
  if (convolutions > 0) notes.push(sentence('compress.quantize.note.dynamic-convolutions', { count: convolutions }));
  return { model, applied, skipped, notes, sites };
}

/** Tells which values of a graph are tensors of float32 numbers, as the model stands now. */
function floatValuesIn(model: Model): (scope: Scope, value: string) => boolean {
  const inference = inferShapes(model);
  return (scope, value) => {
    const owner = scope.definingScope(value);
    return owner !== undefined && inference.elementTypeOf(owner.graph, value) === 'float32';
  };
}

/** The chosen nodes with a constant that no scale fits, and that constant. */
async function unfitConstants(
  layers: readonly Layer[],
  chosen: ReadonlySet<Node>,
  options: QuantizeOptions,
): Promise<Map<Node, string>> {
  const exact = isExact(options);
  const unfit = new Map<Node, string>();
  const use = { isWeight: false, type: 'uint8', symmetric: false } as const;
  for (const { node, scope } of layers) {
    if (!chosen.has(node)) continue;
    for (const value of dynamicFormOf(node, exact)?.constants(node, exact) ?? []) {
      const tensor = floatConstant(scope, value, exact);
      if (tensor && !constantParameters(await floatsOf(tensor), tensor.shape, use, options)) unfit.set(node, value);
    }
  }
  return unfit;
}

export interface GemmProducts {
  /** The MatMul in the place of each Gemm. */
  readonly of: ReadonlyMap<Node, Node>;
  /** Weights that are stored the other way round now, and the names of what they were. */
  readonly transposed: ReadonlyMap<string, string>;
}

async function productsOfGemms(
  model: Model,
  layers: readonly Layer[],
  chosen: Set<Node>,
  naming: Naming,
  options: QuantizeOptions,
  signal: AbortSignal | undefined,
): Promise<GemmProducts> {
  const exact = isExact(options);
  const products = new Map<Node, Node>();
  const transposed = new Map<string, string>();
  for (const { node, graph, localFunction } of layers) {
    const isWanted = exact ? graph === model.graph && !localFunction : chosen.has(node);
    if (!isWanted || !graph.has(node) || !isPlainGemm(node)) continue;
    const [, weight = ''] = node.inputs;
    const isTransposed = node.int('transB', 0) === 1;
    // A weight of the graph around stays as it is there.
    if (!exact && isTransposed && !graph.initializers.has(weight)) continue;
    signal?.throwIfAborted();
    const product = await gemmToMatMul(graph, node, naming, exact);
    if (isTransposed) transposed.set(product.inputs[1] ?? '', weight);
    products.set(node, product);
    // The product has a name that no exclusion in onnxruntime's quantizer knows.
    if (chosen.has(node) || (exact && options.include === '')) chosen.add(product);
  }
  return { of: products, transposed };
}
