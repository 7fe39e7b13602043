import type { Json } from '../compress/method.js';

/** What a person asks for when a model is to be compressed: the same from the menu, the command line and a script. */
export interface CompressRequest {
  readonly input: string;
  readonly output: string;
  readonly method: string;
  /** A named recipe, whose options go before the defaults; none if absent. */
  readonly preset?: string;
  /** A place that the new model is to run at: layers that would not be fast there are listed. */
  readonly target?: string;
  /** Option name to value; the rest are the preset's, else defaults. */
  readonly options: { readonly [name: string]: Json };
  /** Calibration data: a path, 'random', or null for none. */
  readonly data: string | null;
  /** Data that is only reported on. */
  readonly test: string | null;
  /** Greatest loss of accuracy in points, or with a metric of that in its own unit; null for none stated. */
  readonly maxDrop: number | null;
  /** Threads inside an operator while it is measured; onnxruntime's own choice if absent. */
  readonly threads?: number;
  /** False leaves quality, latency and memory unmeasured: the new model is loaded once, and its sizes are told. */
  readonly measure?: boolean;
  /** Of every random choice; 0 if absent. */
  readonly seed?: number;
  /** Recurrent state beyond what names tell (`state=stateN`). */
  readonly carry?: readonly string[];
  /** Of images: a preset, or the path of a JSON file. */
  readonly preprocess?: string | null;
  /** Path of a module that scores outputs; the loss of quality is then its. */
  readonly metric?: string | null;
  /** Count the samples whose label is among so many first classes. */
  readonly topK?: number;
}
