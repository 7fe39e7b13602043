import type { Layer } from '../graph/layers.js';
import { layerParameters } from '../graph/layers.js';
import type { Attribute } from '../graph/model.js';
import type { Node } from '../graph/node.js';
import { inspectStructure, type Structure } from '../inspect/inspectModel.js';
import { whyUnreadable } from '../inspect/layerCards.js';
import { Failure } from '../messages/failure.js';
import { openModel } from '../onnx/openModel.js';
import type { Comparison, LayerPair, ModelTotals, WeightError } from './comparison.js';
import { matchLayers, type Match } from './matchLayers.js';
import { largestOf, parametersOf } from './pairedWeights.js';
import { Stages, type EvaluationProgress } from './stages.js';
import { weightError } from './weightError.js';

export interface CompareOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

/** Compares the layers of two model files and the numbers of their weights. Aborting rejects with `cancelled`. */
export async function compareModels(a: string, b: string, options: CompareOptions = {}): Promise<Comparison> {
  const first = await openModel(a);
  try {
    const second = await openModel(b);
    try {
      return await compareStructures(inspectStructure(first), inspectStructure(second), options);
    } finally {
      await second.close();
    }
  } catch (error) {
    throw options.signal?.aborted ? new Failure('cancelled', {}, { cause: error }) : error;
  } finally {
    await first.close();
  }
}

async function compareStructures(
  a: Structure,
  b: Structure,
  { signal, onProgress }: CompareOptions,
): Promise<Comparison> {
  const report = new Stages([['compare', 1, 'evaluate.stage.compare']], onProgress).begin('compare');
  const bytesOf = { a: layerBytesOf(a), b: layerBytesOf(b) };
  const matches = matchLayers(a.layers, b.layers);
  const total = a.layers.reduce((sum, layer) => sum + layerParameters(layer), 0);
  let done = 0;
  const layers: LayerPair[] = [];
  for (const match of matches) {
    signal?.throwIfAborted();
    layers.push(await comparePair(match, bytesOf, signal));
    if (match.a) report(total === 0 ? 1 : (done += layerParameters(match.a)) / total);
  }
  return { totals: { a: totalsOf(a), b: totalsOf(b) }, layers };
}

type BytesOf = (layer: Layer) => number;

function layerBytesOf({ layers, layerCards }: Structure): BytesOf {
  const bytes = new Map(layers.map((layer, i) => [layer, layerCards[i]!.bytes]));
  return (layer) => bytes.get(layer)!;
}

function totalsOf({ card, layers }: Structure): ModelTotals {
  const { bytes, parameters, macs, bytesByType } = card;
  return { bytes, parameters, macs, layers: layers.length, bytesByType };
}

async function comparePair(
  { a, b }: Match,
  bytesOf: { readonly a: BytesOf; readonly b: BytesOf },
  signal: AbortSignal | undefined,
): Promise<LayerPair> {
  const pair = {
    a: a?.name ?? null,
    b: b?.name ?? null,
    op: (a ?? b)!.node.opType,
    bytes: { a: a ? bytesOf.a(a) : 0, b: b ? bytesOf.b(b) : 0 },
    dtype: { a: a ? weightType(a) : null, b: b ? weightType(b) : null },
  };
  if (!a || !b) return { ...pair, status: a ? 'removed' : 'added', error: null };
  const { error, equal } = await compareWeights(a, b, signal);
  return { ...pair, status: equal && sameOperation(a.node, b.node) ? 'same' : 'changed', error };
}

/** Compares the parameters of two layers in their order. The error is that of the largest one. */
async function compareWeights(
  a: Layer,
  b: Layer,
  signal: AbortSignal | undefined,
): Promise<{ error: WeightError | null; equal: boolean }> {
  const [ofA, ofB] = [parametersOf(a), parametersOf(b)];
  const largest = largestOf(ofA);
  let error: WeightError | null = null;
  let equal = ofA.length === ofB.length;
  for (const [i, weight] of ofA.entries()) {
    const other = ofB[i];
    if (!other || (!equal && weight !== largest)) continue;
    const isReadable = !whyUnreadable(weight) && !whyUnreadable(other);
    const found = isReadable ? await weightError({ layer: a, weight }, { layer: b, weight: other }, signal) : null;
    if (found?.max !== 0 || weight.tensor.elementType !== other.tensor.elementType) equal = false;
    if (weight === largest) error = found;
  }
  return { error, equal };
}

/** The type that the largest weight is stored in. */
function weightType(layer: Layer): LayerPair['dtype']['a'] {
  return largestOf(parametersOf(layer))?.tensor.elementType ?? null;
}

function sameOperation(a: Node, b: Node): boolean {
  if (a.opType !== b.opType || a.domain !== b.domain || a.attributes.size !== b.attributes.size) return false;
  return [...a.attributes].every(([name, attribute]) => sameAttribute(attribute, b.attributes.get(name)));
}

/** Graphs and tensors in attributes are layers and weights of their own. */
function sameAttribute(a: Attribute, b: Attribute | undefined): boolean {
  if (a.kind !== b?.kind) return false;
  if (!('value' in a) || !('value' in b)) return true;
  if (['graph', 'graphs', 'tensor', 'tensors', 'sparse'].includes(a.kind)) return true;
  return String(a.value) === String(b.value);
}
