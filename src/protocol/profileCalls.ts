/** Measured time of each layer. Types only. */
import type { Progress } from '../recipe/report.js';
import type { ModelHandle } from './engineService.js';
import type { Call } from './rpc.js';

export interface ProfileRequest {
  readonly model: string;
  /** A data set; null for random inputs. */
  readonly data: string | null;
  readonly threads?: number;
}

/** How long onnxruntime spent where, without the list of layers: their times are in the rows. */
export interface ProfileCard {
  readonly runs: number;
  readonly threads: number;
  /** Milliseconds of one run: all kernels together, and the run as a whole; medians. */
  readonly kernelsMs: number;
  readonly runMs: number;
  /** Milliseconds in kernels that belong to no layer (conversions of layout that onnxruntime adds). */
  readonly elsewhereMs: number;
  readonly data: string | null;
}

export interface ProfileCalls {
  profile: Call<ProfileRequest, ProfileCard, Progress>;
  /** The last profile of this model; null for none. */
  profileCard: Call<{ model: ModelHandle }, ProfileCard | null>;
}
