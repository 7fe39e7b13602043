import { basename } from 'node:path';
import type { FileProfile } from '../evaluate/profileFile.js';
import { profileFile } from '../evaluate/profileFile.js';
import type { LayerCost } from '../inspect/cost/cost.js';
import type { LayerCard } from '../inspect/inspection.js';
import { openModel } from '../onnx/openModel.js';
import type { LayerTime, ProfileCard, ProfileRequest } from '../protocol/profileCalls.js';
import type { JobContext, Running } from './jobs.js';
import { paced } from './paced.js';
import type { StateFolder } from './stateFolder.js';

/** Of the form of what is kept; what is kept in another form is not read. */
const profileVersion = 1;

/** A profile as it is kept, by the content of its model. */
export interface KeptProfile {
  readonly version: number;
  readonly card: ProfileCard;
  /** One of each layer, in the order of the layers. */
  readonly times: readonly LayerTime[];
  /** At the shapes that were run, where the model leaves sizes open. */
  readonly costs: readonly { readonly macs: number | null; readonly cost: LayerCost }[] | null;
}

/** Measures the time of each layer and keeps it. */
export async function profile(
  { model, ...request }: ProfileRequest,
  running: Running,
  state: StateFolder,
  { signal, emit }: JobContext,
): Promise<{ readonly contentKey: string; readonly kept: KeptProfile }> {
  const opened = await openModel(model);
  try {
    const context = { ...running, signal, onProgress: paced(emit) };
    const found = await profileFile(opened, { ...request, name: basename(model) }, context);
    const kept = keptProfile(found);
    await state.write('profiles', opened.contentKey, kept);
    return { contentKey: opened.contentKey, kept };
  } finally {
    await opened.close();
  }
}

/** The profile of a model with this content; null for none. */
export async function findProfile(state: StateFolder, contentKey: string): Promise<KeptProfile | null> {
  const kept = (await state.read('profiles', contentKey)) as KeptProfile | null;
  return kept?.version === profileVersion ? kept : null;
}

/** What a profile says of a layer whose cost depends on the sizes of the inputs. */
export function withProfiledCost(card: LayerCard, index: number, { costs }: KeptProfile): LayerCard {
  const profiled = costs?.[index];
  return card.cost.energy === null && profiled ? { ...card, ...profiled } : card;
}

function keptProfile({ layers: times, structure, shapes: _, ...summary }: FileProfile): KeptProfile {
  const { layerCards } = structure;
  return {
    version: profileVersion,
    card: { ...summary, byOperator: byOperator(times, layerCards) },
    times,
    costs: layerCards.map(({ macs, cost }) => ({ macs, cost })),
  };
}

function byOperator(times: readonly LayerTime[], cards: readonly LayerCard[]): ProfileCard['byOperator'] {
  const totals = new Map<string, { op: string; milliseconds: number; layers: number }>();
  for (const [i, { milliseconds, kernel }] of times.entries()) {
    if (kernel !== 'own') continue;
    const { op } = cards[i]!;
    const known = totals.get(op) ?? { op, milliseconds: 0, layers: 0 };
    totals.set(op, { op, milliseconds: known.milliseconds + milliseconds, layers: known.layers + 1 });
  }
  return [...totals.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
