import { foldedNormalizations, type FoldedNormalization } from '../evaluate/foldedNormalization.js';
import { matchLayers, type Matching } from '../evaluate/matching/matchLayers.js';
import { overlaidHistograms } from '../evaluate/overlaidHistograms.js';
import { pairedWeights } from '../evaluate/pairedWeights.js';
import type { ReadWeight } from '../evaluate/weightError.js';
import type { Layer, LayerWeight } from '../graph/layers.js';
import { layersOf } from '../graph/layers.js';
import { whyUnreadable } from '../inspect/layerCards.js';
import { english } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { OpenedModel } from '../onnx/openModel.js';
import { openModel } from '../onnx/openModel.js';
import type { ComparedWeight, ComparedWeights } from '../protocol/engineService.js';

const bins = 128;

/** The weights of the pair of layers that has the number `index` in the comparison of a and b, ready to be laid over each other. */
export async function comparedWeights(
  a: string,
  b: string,
  index: number,
  signal: AbortSignal,
): Promise<ComparedWeights> {
  const opened: OpenedModel[] = [];
  try {
    for (const path of [a, b]) opened.push(await openModel(path));
    const [first, second] = opened.map(({ model }) => layersOf(model));
    return await overlaid(await matchLayers(first!, second!), index, signal);
  } finally {
    for (const { close } of opened) await close();
  }
}

async function overlaid(matching: Matching, index: number, signal: AbortSignal): Promise<ComparedWeights> {
  const match = matching.matches[index];
  if (!match) throw new Failure('engine.no-layer', { layer: index });
  const weights = pairedWeights(match.a, match.b);
  const [foldA, foldB] =
    match.a && match.b
      ? await foldedNormalizations(matching, matching.a.layers.indexOf(match.a), matching.b.layers.indexOf(match.b))
      : [];
  const [a, b] = [read(match.a, weights.a, foldA), read(match.b, weights.b, foldB)];
  const both = [a, b].filter((each) => each !== null);
  const { min, max, counts } = await overlaidHistograms(both, bins, signal);
  const card = (each: ReadWeight | null): ComparedWeight | null =>
    each && {
      name: each.weight.name,
      dtype: each.weight.tensor.elementType,
      shape: each.weight.shape,
      bytes: each.weight.bytes,
      counts: counts[both.indexOf(each)]!,
    };
  return { index, min, max, a: card(a), b: card(b) };
}

function read(
  layer: Layer | null,
  weight: LayerWeight | undefined,
  folded: FoldedNormalization | undefined,
): ReadWeight | null {
  if (!layer || !weight) return null;
  const why = whyUnreadable(weight);
  if (why) throw new Failure('engine.unmeasurable', { layer: layer.name, weight: weight.name, why: english(why) });
  return { layer, weight, folded };
}
