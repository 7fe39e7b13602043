import { dataKey } from '../data/dataKey.js';
import type { ActivationError, LayerPair, OutputComparison } from '../evaluate/comparison.js';
import { measureErrors } from '../evaluate/errors/measureErrors.js';
import { openModel } from '../onnx/openModel.js';
import type { MeasureErrorsRequest } from '../protocol/errorCalls.js';
import type { JobContext, Running } from './jobs.js';
import { paced } from './paced.js';
import type { StateFolder } from './stateFolder.js';

/** Of the form of what is kept; what is kept in another form is measured anew. */
const errorsVersion = 1;

/** What data said of two models, as it is kept by the content of both. */
export interface KeptErrors {
  readonly version: number;
  /** `dataKey` of the data. */
  readonly data: string | null;
  readonly outputs: OutputComparison;
  /** In the order of the layers of the comparison. */
  readonly layers: readonly (ActivationError | null)[];
  /** The content of b, and the local SQNR of each of its layers in file order; null where it was not measured. */
  readonly contentKey: string;
  readonly local: readonly (number | null)[];
}

/** Measures where the error arises and keeps it, or finds it where the same data was measured before. */
export async function measureKeptErrors(
  request: MeasureErrorsRequest,
  running: Running,
  state: StateFolder,
  { signal, emit }: JobContext,
): Promise<KeptErrors> {
  const key = await pairKey(request.a, request.b);
  const data = await dataKey(request.data, request);
  const known = await findByKey(state, key);
  if (data !== null && known?.data === data) return known;
  const { outputs, layers, localByLayer } = await measureErrors(request, {
    ...running,
    signal,
    onProgress: paced(emit),
  });
  const contentKey = contentOfB(key);
  const kept: KeptErrors = { version: errorsVersion, data, outputs, layers, contentKey, local: localByLayer };
  await state.write('errors', key, kept);
  await state.write('layerErrors', contentKey, { version: errorsVersion, local: localByLayer });
  return kept;
}

/** What was last measured of two models with these contents; null for nothing. */
export async function findErrors(state: StateFolder, a: string, b: string): Promise<KeptErrors | null> {
  return findByKey(state, await pairKey(a, b));
}

/** The local SQNR of each layer, as it was last measured of a model with this content against any other; null for nothing. */
export async function findLayerErrors(
  state: StateFolder,
  contentKey: string,
): Promise<readonly (number | null)[] | null> {
  const kept = (await state.read('layerErrors', contentKey)) as KeptLayerErrors | null;
  return kept?.version === errorsVersion ? kept.local : null;
}

interface KeptLayerErrors {
  readonly version: number;
  readonly local: readonly (number | null)[];
}

const contentOfB = (key: string): string => key.split('-')[1]!;

async function findByKey(state: StateFolder, key: string): Promise<KeptErrors | null> {
  const kept = (await state.read('errors', key)) as KeptErrors | null;
  return kept?.version === errorsVersion ? kept : null;
}

async function pairKey(a: string, b: string): Promise<string> {
  const keys = [];
  for (const path of [a, b]) {
    const opened = await openModel(path);
    keys.push(opened.contentKey);
    await opened.close();
  }
  return keys.join('-');
}

/** The pairs with what was measured of each. */
export function withActivations(pairs: readonly LayerPair[], kept: KeptErrors | null): LayerPair[] {
  return pairs.map((pair, i) => {
    const { activations: _, ...rest } = pair;
    const activations = kept?.layers[i];
    return activations ? { ...rest, activations } : rest;
  });
}
