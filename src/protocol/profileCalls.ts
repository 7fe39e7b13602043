/** Measured time of each layer. Types only. */
import type { DataChoices } from '../data/openModelData.js';
import type { LayerTime, ProfileSummary } from '../evaluate/profileFile.js';
import type { Progress } from '../recipe/report.js';
import type { ModelHandle } from './engineService.js';
import type { Call } from './rpc.js';

export interface ProfileRequest extends DataChoices {
  readonly model: string;
  /** A data set, whose first sample is run; null for random inputs. */
  readonly data: string | null;
  readonly threads?: number;
}

export type { LayerTime };

/** How long onnxruntime spent where, without the list of layers: their times are in the rows. */
export interface ProfileCard extends ProfileSummary {
  /** The longest first; what belongs to no layer is not in it. */
  readonly byOperator: readonly { readonly op: string; readonly milliseconds: number; readonly layers: number }[];
}

export interface ProfileCalls {
  /** The card is kept by the model's content; rows of open models have the new times from then on. */
  profile: Call<ProfileRequest, ProfileCard, Progress>;
  /** The last profile of this model; null for none. */
  profileCard: Call<{ model: ModelHandle }, ProfileCard | null>;
}
