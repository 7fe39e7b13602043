import type { Layer } from '../graph/layers.js';
import { layerParameters } from '../graph/layers.js';
import { inspectStructure, type Structure } from '../inspect/inspectModel.js';
import { Failure } from '../messages/failure.js';
import { openModel, type OpenedModel } from '../onnx/openModel.js';
import { LayerChanges } from './changes/layerChanges.js';
import type { Comparison, LayerPair, ModelTotals } from './comparison.js';
import { matchLayers, type Match, type Matching } from './matching/matchLayers.js';
import { largestOf, parametersOf } from './pairedWeights.js';
import { Stages, type EvaluationProgress } from './stages.js';

export interface CompareOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

/** Compares the layers of two model files and the numbers of their weights. Aborting rejects with `cancelled`. */
export async function compareModels(a: string, b: string, options: CompareOptions = {}): Promise<Comparison> {
  return withModels(a, b, options.signal, async (first, second) => {
    const structures = [inspectStructure(first), inspectStructure(second)] as const;
    const matching = await matchLayers(structures[0].layers, structures[1].layers);
    return compareStructures(...structures, matching, options);
  });
}

/** Opens two models for as long as they are used. What fails after the signal has aborted fails as `cancelled`. */
export async function withModels<T>(
  a: string,
  b: string,
  signal: AbortSignal | undefined,
  use: (a: OpenedModel, b: OpenedModel) => Promise<T>,
): Promise<T> {
  const opened: OpenedModel[] = [];
  try {
    for (const path of [a, b]) opened.push(await openModel(path));
    return await use(opened[0]!, opened[1]!);
  } catch (error) {
    throw signal?.aborted ? new Failure('cancelled', {}, { cause: error }) : error;
  } finally {
    await Promise.all(opened.map((model) => model.close()));
  }
}

async function compareStructures(
  a: Structure,
  b: Structure,
  matching: Matching,
  { signal, onProgress }: CompareOptions,
): Promise<Comparison> {
  const report = new Stages([['compare', 1, 'evaluate.stage.compare']], onProgress).begin('compare');
  const bytesOf = { a: layerBytesOf(a), b: layerBytesOf(b) };
  const changes = new LayerChanges(matching);
  const [positionsA, positionsB] = [a.layers, b.layers].map((layers) => new Map(layers.map((layer, i) => [layer, i])));
  const indexOf = ({ a: one, b: other }: Match) => ({
    a: one ? positionsA!.get(one)! : null,
    b: other ? positionsB!.get(other)! : null,
  });
  const total = a.layers.reduce((sum, layer) => sum + layerParameters(layer), 0);
  let done = 0;
  const layers: LayerPair[] = [];
  for (const match of matching.matches) {
    signal?.throwIfAborted();
    layers.push({ ...(await comparePair(match, changes, bytesOf, signal)), index: indexOf(match) });
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
  { a, b, by }: Match,
  changes: LayerChanges,
  bytesOf: { readonly a: BytesOf; readonly b: BytesOf },
  signal: AbortSignal | undefined,
): Promise<Omit<LayerPair, 'index'>> {
  const pair = {
    a: a?.name ?? null,
    b: b?.name ?? null,
    op: (a ?? b)!.node.opType,
    bytes: { a: a ? bytesOf.a(a) : 0, b: b ? bytesOf.b(b) : 0 },
    dtype: { a: a ? weightType(a) : null, b: b ? weightType(b) : null },
    matchedBy: by,
  };
  if (a && b) {
    const { error, list } = await changes.ofPair(a, b, signal);
    return { ...pair, status: list.length === 0 ? 'same' : 'changed', error, changes: list };
  }
  return a
    ? { ...pair, status: 'removed', error: null, changes: changes.ofRemoved(a) }
    : { ...pair, status: 'added', error: null, changes: changes.ofAdded(b!) };
}

/** The type that the largest weight is stored in. */
function weightType(layer: Layer): LayerPair['dtype']['a'] {
  return largestOf(parametersOf(layer))?.tensor.elementType ?? null;
}
