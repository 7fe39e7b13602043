import { copyModel } from '../../graph/copy.js';
import { layersOf } from '../../graph/layers.js';
import { Names } from '../../graph/names.js';
import type { Node } from '../../graph/node.js';
import { removeDead } from '../../graph/removeDead.js';
import { sortTopologically } from '../../graph/sort.js';
import { sentence } from '../../messages/catalog.js';
import type { Applied, ApplyInput, Skipped } from '../method.js';
import { chosenNodes } from './chosen.js';
import { quantizeDynamic } from './dynamic.js';
import { freshNaming, plainNaming } from './dynamicNaming.js';
import { finishLikeOnnxruntime } from './finishLikeOnnxruntime.js';
import { floatValues } from './floatValues.js';
import { gemmToMatMul, isPlainGemm } from './gemmToMatMul.js';
import { nothingToDo } from './nothingToDo.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';

/** Makes integers of the constant weights of the chosen layers; ranges of activations are taken while the model runs. */
export async function applyDynamic(input: ApplyInput<QuantizeOptions>): Promise<Applied> {
  const { choices, options, signal, onProgress } = input;
  const exact = isExact(options);
  const model = copyModel(input.model);
  const { graph } = model;
  const layers = layersOf(model);
  const isFloat = floatValues(model);
  const chosen = chosenNodes(layers, choices);
  const naming = exact ? plainNaming : freshNaming(new Names(model));
  const successor = new Map<Node, Node>();
  for (const { node } of layers) {
    if (!graph.has(node) || !isPlainGemm(node) || !(exact || chosen.has(node))) continue;
    signal?.throwIfAborted();
    const product = await gemmToMatMul(graph, node, naming, exact);
    successor.set(node, product);
    if (chosen.has(node)) chosen.add(product);
  }
  let done = 0;
  const notFinite = new Map<Node, string>();
  const changed = await quantizeDynamic({
    graph,
    chosen: (node) => chosen.has(node),
    isFloat,
    options,
    naming,
    signal,
    onWeight: () => onProgress?.(Math.min(++done / chosen.size, 1)),
    onNotFinite: (node, value) => notFinite.set(node, value),
  });
  if (exact) finishLikeOnnxruntime(model);
  else {
    removeDead(model);
    sortTopologically(graph);
  }
  const applied: Applied['applied'][number][] = [];
  const skipped: Skipped[] = [];
  const sites = new Map<string, readonly string[]>();
  const nameAfter = new Map(layersOf(model).map(({ node, name }) => [node, name]));
  for (const { name, node } of layers) {
    const standIn = successor.get(node) ?? node;
    const integer = changed.get(standIn);
    const after = nameAfter.get(integer ?? standIn);
    sites.set(name, after === undefined ? [] : [after]);
    if (!chosen.has(node)) continue;
    const value = notFinite.get(standIn);
    if (integer) applied.push({ layer: name, choice: choices.get(name)?.label ?? '' });
    else if (value !== undefined)
      skipped.push({ layer: name, reason: sentence('compress.quantize.skipped.not-finite', { value }) });
    else skipped.push({ layer: name, reason: sentence('compress.quantize.skipped.input-float') });
  }
  if (applied.length === 0) throw nothingToDo(skipped);
  const convolutions = [...changed.values()].filter((node) => node.is('ConvInteger')).length;
  const notes =
    convolutions > 0 ? [sentence('compress.quantize.note.dynamic-convolutions', { count: convolutions })] : [];
  return { model, applied, skipped, notes, sites };
}
