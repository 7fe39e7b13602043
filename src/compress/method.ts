/**
 * The one idea: every method of compression is, for every place it can touch, a choice out of a few settings. A method
 * is a folder that implements this interface and a line in registry.ts; sensitivity, search, tuner, recipe and report
 * serve it without change. Methods are functions of plain data: no file, no process, no editor.
 */
import type { z } from 'zod';
import type { Model } from '../graph/model.js';
import type { Message } from '../messages/message.js';
import type { ActivationStatistics as Distribution } from '../tensor/activationStatistics.js';
import type { SentenceId } from '../messages/catalog.js';
import type { Laboratory } from './laboratory.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What one site can be given. `settings` go into recipes, and are null for leaving the site as it is; `label` is what a
 * person reads (`int8`, `rank 16`).
 */
export interface Choice {
  readonly label: string;
  readonly settings: Json;
}

/** A place that a method can touch: for most methods a layer. */
export interface Site {
  /** Stable over runs: made of the names in the model. */
  readonly id: string;
  /** The layer a person sees it at. */
  readonly layer: string;
  /** What the site can be given; the first is 'leave it as it is'. */
  readonly choices: readonly Choice[];
  /** Index into `choices` that the options ask for. */
  readonly preferred: number;
  /** Sites that must be given the same choice, and sites that cannot both be touched. */
  readonly tied?: readonly string[];
  readonly conflicts?: readonly string[];
}

export interface Skipped {
  readonly layer: string;
  readonly reason: Message;
}

export interface Candidates {
  readonly sites: readonly Site[];
  /** Layers the method does not touch, each with the reason. */
  readonly skipped: readonly Skipped[];
  readonly notes: readonly Message[];
}

/** What must be observed of the running model before `apply`. Collected once for all methods of a step. */
export interface StatisticsRequest {
  /** Values whose least and greatest element over all samples are needed. */
  readonly ranges: readonly string[];
  /** Values whose histogram and channels are needed, too, and the axis of their channels or null. */
  readonly distributions?: ReadonlyMap<string, number | null>;
  /** Values whose sample ranges are to be averaged: each moves the ends by this part of the way; null for the plain mean. */
  readonly averages?: { readonly values: readonly string[]; readonly constant: number | null };
  /** Values whose magnitudes are to be counted in so many bins between the least and the greatest, as numpy.histogram does. */
  readonly magnitudes?: { readonly values: readonly string[]; readonly bins: number };
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface ActivationStatistics {
  readonly ranges: ReadonlyMap<string, Range>;
  /** Of the values that were asked for; null for one that had no element in any run. */
  readonly distributions?: ReadonlyMap<string, Distribution | null>;
  readonly averages?: ReadonlyMap<string, Range>;
  /** With a histogram of the magnitudes: `magnitudeEdges` of its ends are the edges of its bins. */
  readonly magnitudes?: ReadonlyMap<string, Distribution | null>;
}

/** The chosen settings by site id; a site that is not in the map is left as it is. */
export type Choices = ReadonlyMap<string, Choice>;

/** The choices that the options ask for: the preferred one of each site. */
export function preferredChoices(candidates: Candidates): Choices {
  return new Map(candidates.sites.map((site) => [site.id, site.choices[site.preferred] as Choice]));
}

export interface Applied {
  readonly model: Model;
  readonly applied: readonly { readonly layer: string; readonly choice: string }[];
  readonly skipped: readonly Skipped[];
  /** What was decided and why, for the report (types chosen because of the processor, ranges widened). */
  readonly notes: readonly Message[];
  /** Old site id to the ids that took its place. */
  readonly sites: ReadonlyMap<string, readonly string[]>;
}

/** Bytes of one constant in the file as it is, and as a choice would store it: predicted from types and shapes. */
export interface StoredBytes {
  /** The first layer that reads it. */
  readonly layer: string;
  readonly before: number;
  readonly after: number;
}

/** What of the machine a default may depend on. */
export interface Target {
  /** Whether uint8 x int8 sums are exact in 32 bits (VNNI, ARM dot product) or saturate in 16 (AVX2, plain AVX-512). */
  readonly exactInt8Sums: boolean;
}

/** What the work around a model is given. */
export interface WorkContext {
  readonly target: Target;
  /** Null where no data was given. */
  readonly laboratory: Laboratory | null;
  /** Of every random choice. */
  readonly seed: number;
  readonly onProgress?: (fraction: number) => void;
  readonly signal?: AbortSignal;
}

export interface ApplyInput<Options> extends WorkContext {
  readonly model: Model;
  readonly choices: Choices;
  readonly statistics: ActivationStatistics;
  readonly options: Options;
}

/** A form of the output that other tools read. */
export interface Companion {
  readonly model: Model;
  /** Goes before `.onnx` in the name of its file. */
  readonly suffix: string;
  /** What it is; `{file}` is its name. */
  readonly note: SentenceId;
}

export interface Prepared {
  readonly model: Model;
  readonly notes: readonly Message[];
}

/** An object schema whose output is `Options`. */
export type OptionSchema<Options = unknown> = z.ZodObject & z.ZodType<Options>;

export interface Method<Options = unknown> {
  readonly name: string;
  readonly title: SentenceId;
  /**
   * Every option has a default (null where the method decides), and `.meta({ sentence, source })` after it: what it does,
   * as an id of the catalogue, and where that is described.
   */
  readonly options: OptionSchema<Options>;
  /** Must a person give data for `statistics`? */
  needsData(options: Options): boolean;
  /**
   * Rewrites that make the model ready and keep what it computes (folding, opset, equalization): a new model; the given
   * one is not changed. Throws a Failure where the options contradict each other or the model cannot be treated at all.
   */
  prepare(model: Model, options: Options, context: WorkContext): Promise<Prepared>;
  /** Sites and their choices in a prepared model. Throws a Failure for a pattern that names no layer. */
  candidates(model: Model, options: Options, target: Target): Candidates;
  /** What the choices would make of the model's constants; those that stay as they are need not be told. */
  storedBytes(model: Model, choices: Choices, options: Options): readonly StoredBytes[];
  /** What `apply` will need to know of the running prepared model for these choices. */
  statistics(model: Model, choices: Choices, options: Options): StatisticsRequest;
  /**
   * A new model with the choices applied; the prepared model is not changed. Throws `compress.nothing-to-do`
   * or `compress.nothing-chosen` where that would change nothing.
   */
  apply(input: ApplyInput<Options>): Promise<Applied>;
  /** The applied model in a form that onnxruntime does not run, to be written beside it; null for none. */
  companion?(applied: Model, options: Options): Promise<Companion | null>;
}
