import type { Model } from '../graph/model.js';
import { carriedInputs } from './carried.js';
import type { CarriedInput } from './carriedInput.js';
import type { Dataset } from './dataset.js';
import { modelInputs, type ModelInput } from './modelInput.js';
import { openDataset, type DatasetOptions } from './openDataset.js';

/** How a person says what data is, beyond where it lies. */
export interface DataChoices {
  /** Recurrent state beyond what names tell (`state=stateN`). */
  readonly carry?: readonly string[];
  /** Of images: a preset, or the path of a JSON file. */
  readonly preprocess?: string | null;
}

export interface ModelDataOptions extends DataChoices, Pick<DatasetOptions, 'limit' | 'seed' | 'shapes' | 'images'> {
  /** What is fed, where several models share it; else the inputs of the first. */
  readonly inputs?: readonly ModelInput[];
}

/** Opens data for one or several models that take the same; inputs that all of them can carry may be lacking. */
export async function openModelData(
  source: string,
  models: readonly Model[],
  { carry = [], inputs, ...options }: ModelDataOptions = {},
): Promise<Dataset> {
  const named = [...(await carryOfManifest(source)), ...carry];
  const [first, ...others] = models.map((model) => carriedInputs(model, named));
  const carried = first!.filter(({ input }) => others.every((list) => list.some((each) => each.input === input)));
  return openDataset(source, inputs ?? modelInputs(models[0]!), { ...options, carried });
}

/** How a model carries the inputs that a data set of several models leaves to be carried. */
export function carriedBy(model: Model, { carried = [] }: Dataset, carry: readonly string[] = []): CarriedInput[] {
  const wanted = new Map(carried.map((each) => [each.input, each]));
  const own = new Map(carriedInputs(model, carry).map((each) => [each.input, each]));
  return [...wanted].map(([input, each]) => own.get(input) ?? each);
}

async function carryOfManifest(source: string): Promise<readonly string[]> {
  if (!/\.json$/i.test(source)) return [];
  const { readManifest } = await import('./manifest/openManifest.js');
  return (await readManifest(source)).carry ?? [];
}
