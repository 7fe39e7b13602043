import type { Json, Skipped, Target } from '../compress/method.js';
import { preferredChoices } from '../compress/method.js';
import { optionCards, parseOptions } from '../compress/options.js';
import { methodOf } from '../compress/registry.js';
import type { Model } from '../graph/model.js';
import { english } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';

/** Layers that are left as they are for one reason; of many the first names. */
export interface PreviewedReason {
  readonly reason: Message;
  readonly count: number;
  readonly layers: readonly string[];
}

/** What a compression will do, told before any weight is rounded and any sample is run. */
export interface CompressionPreview {
  readonly layers: {
    readonly total: number;
    readonly treated: number;
    /** How many of them are given each choice (`uint8 x int8`), the commonest first. */
    readonly choices: readonly { readonly label: string; readonly count: number }[];
  };
  readonly left: readonly PreviewedReason[];
  /** Of the file with its external data; `after` is predicted. */
  readonly bytes: { readonly before: number; readonly after: number };
  readonly needsData: boolean;
  readonly notes: readonly Message[];
  /** Options that differ from their defaults, as the command line takes them. */
  readonly settings: readonly string[];
}

export interface PreviewRequest {
  readonly method: string;
  readonly options: { readonly [name: string]: Json };
}

const namesOfReason = 20;

/**
 * Previews a compression of a model of `fileBytes` bytes. Throws the Failure that the compression would end in: options
 * that contradict each other, a pattern that names no layer. What is decided by data is left open.
 */
export async function previewCompression(
  model: Model,
  fileBytes: number,
  request: PreviewRequest,
  target: Target,
  signal?: AbortSignal,
): Promise<CompressionPreview> {
  const method = methodOf(request.method);
  const options: unknown = parseOptions(method, request.options);
  const prepared = await method.prepare(model, options, { target, laboratory: null, seed: 0, signal });
  const { sites, skipped, notes } = method.candidates(prepared.model, options, target);
  const choices = preferredChoices({ sites, skipped, notes });
  const treated = [...choices.values()].filter(({ settings }) => settings !== null);
  const labels = countsOf(treated.map(({ label }) => label));
  const stored = method.storedBytes(prepared.model, choices, options);
  const saved = stored.reduce((sum, { before, after }) => sum + before - after, 0);
  return {
    layers: {
      total: new Set([...sites.map(({ layer }) => layer), ...skipped.map(({ layer }) => layer)]).size,
      treated: treated.length,
      choices: labels.map(([label, count]) => ({ label, count })),
    },
    left: reasonsOf(skipped),
    bytes: { before: fileBytes, after: Math.max(0, Math.round(fileBytes - saved)) },
    needsData: method.needsData(options),
    notes: [...prepared.notes, ...notes],
    settings: changedSettings(request),
  };
}

function reasonsOf(skipped: readonly Skipped[]): PreviewedReason[] {
  const byReason = new Map<string, { reason: Message; layers: string[] }>();
  for (const { layer, reason } of skipped) {
    const key = english(reason);
    const known = byReason.get(key);
    if (known) known.layers.push(layer);
    else byReason.set(key, { reason, layers: [layer] });
  }
  return [...byReason.values()]
    .sort((a, b) => b.layers.length - a.layers.length)
    .map(({ reason, layers }) => ({ reason, count: layers.length, layers: layers.slice(0, namesOfReason) }));
}

function countsOf(labels: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

function changedSettings({ method, options }: PreviewRequest): string[] {
  const defaults = new Map(optionCards(methodOf(method).options).map((card) => [card.name, card.default]));
  return Object.entries(options)
    .filter(([name, value]) => defaults.get(name) !== value)
    .map(([name, value]) => `${name}=${value === null ? 'auto' : String(value)}`);
}
