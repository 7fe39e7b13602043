/** The options of a method as a person meets them: cards to show, and words to read typed values from. */
import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { english, sentence } from '../messages/catalog.js';
import type { SentenceId } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Json, OptionSchema } from './method.js';

declare module 'zod' {
  interface GlobalMeta {
    /** What the option does: an id of the catalogue. */
    sentence?: SentenceId;
    /** Where that is described: a paper with its section, or a specification. */
    source?: string;
    /** Beside which others a form shows it. */
    group?: OptionGroup;
    /** The values of other options with which this one does anything; else a form need not show it. */
    when?: Readonly<Record<string, readonly string[]>>;
  }
}

/** Under which headings a form shows options, in this order. */
export const optionGroups = [
  'scheme',
  'weights',
  'activations',
  'calibration',
  'rounding',
  'conditioning',
  'layers',
  'preparation',
] as const;

export type OptionGroup = (typeof optionGroups)[number];

export interface OptionCard {
  readonly name: string;
  readonly type: 'boolean' | 'integer' | 'number' | 'choice' | 'text';
  readonly values?: readonly string[];
  /** Null: the method decides (`auto` on the command line). */
  readonly default: Json;
  readonly sentence: string;
  readonly source: string;
  /** Null where the method makes no groups. */
  readonly group: OptionGroup | null;
  /** The values of other options, as the command line writes them, with which this one does anything. */
  readonly when?: Readonly<Record<string, readonly string[]>>;
}

/** What of a method its options need. */
export interface OptionOwner<Options> {
  readonly name: string;
  readonly options: OptionSchema<Options>;
}

/** The cards of a method's options, in the order of its schema. */
export function optionCards(schema: OptionSchema): OptionCard[] {
  return Object.entries(schema.shape as z.ZodRawShape).map(([name, entry]) => {
    const { inner, fallback } = unwrapped(entry as z.ZodType);
    const { sentence: id, source = '', group = null, when } = (entry as z.ZodType).meta() ?? {};
    const values = valuesOf(inner);
    return {
      name,
      type: cardType(inner),
      ...(values && { values }),
      default: fallback,
      sentence: id ? english(sentence(id)) : '',
      source,
      ...(when && { when }),
      group,
    };
  });
}

/** Options from the words of a command line, each `key=value`; the rest are defaults. Throws a Failure for a wrong one. */
export function parseSettings<Options>(method: OptionOwner<Options>, settings: readonly string[]): Options {
  const values: Record<string, Json> = {};
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) throw new Failure('compress.setting-syntax', { setting });
    const card = cardOf(method, setting.slice(0, at).trim());
    values[card.name] = fromText(card, setting.slice(at + 1).trim());
  }
  return parseOptions(method, values);
}

/** Options from a recipe or a form; what is left out is default. Throws a Failure for a wrong name or value. */
export function parseOptions<Options>(
  method: OptionOwner<Options>,
  values: { readonly [name: string]: Json },
): Options {
  for (const name of Object.keys(values)) cardOf(method, name);
  const result = method.options.safeParse(values);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const card = cardOf(method, String(issue?.path[0]));
  throw wrongValue(card, JSON.stringify(values[card.name]), issue?.code === 'too_big' || issue?.code === 'too_small');
}

function cardOf(method: OptionOwner<unknown>, name: string): OptionCard {
  const cards = optionCards(method.options);
  const card = cards.find((each) => each.name === name);
  if (card) return card;
  const nearest = nearestOf(
    name,
    cards.map((each) => each.name),
  );
  throw new Failure('compress.unknown-option', { method: method.name, option: name, nearest });
}

/** The candidate that takes the fewest changes of letters to reach, whatever their case. */
export function nearestOf(word: string, candidates: readonly string[]): string {
  const near = closest(
    word.toLowerCase(),
    candidates.map((each) => each.toLowerCase()),
  );
  return candidates.find((each) => each.toLowerCase() === near) ?? '';
}

function fromText(card: OptionCard, text: string): Json {
  if (card.default === null && text === 'auto') return null;
  switch (card.type) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrongValue(card, text);
      return text === 'true';
    case 'integer':
    case 'number':
      if (text === '' || !Number.isFinite(Number(text))) throw wrongValue(card, text);
      return Number(text);
    case 'choice':
      if (!card.values?.includes(text)) throw wrongValue(card, text);
      return text;
    case 'text':
      return text;
  }
}

function wrongValue(card: OptionCard, value: string, outside = false): Failure {
  const params = { option: card.name, value };
  if (outside) return new Failure('compress.option-out-of-range', params);
  switch (card.type) {
    case 'boolean':
      return new Failure('compress.option-not-boolean', params);
    case 'integer':
      return new Failure('compress.option-not-integer', params);
    case 'number':
      return new Failure('compress.option-not-number', params);
    case 'choice': {
      const values = card.values ?? [];
      return new Failure('compress.option-not-choice', {
        ...params,
        values: values.join(', '),
        nearest: nearestOf(value, values),
      });
    }
    case 'text':
      return new Failure('compress.option-not-text', params);
  }
}

/** The type within `.default()` and `.nullable()`, and the default. */
function unwrapped(entry: z.ZodType): { inner: z.ZodType; fallback: Json } {
  let inner = entry;
  let fallback: Json = null;
  for (;;) {
    const def = inner.def as unknown as { type: string; innerType?: z.ZodType; defaultValue?: Json };
    if (!def.innerType) return { inner, fallback };
    if (def.type === 'default') fallback = def.defaultValue ?? null;
    inner = def.innerType;
  }
}

function valuesOf(inner: z.ZodType): string[] | undefined {
  const { options } = inner as unknown as { options?: readonly unknown[] };
  return inner.def.type === 'enum' ? options?.map(String) : undefined;
}

function cardType(inner: z.ZodType): OptionCard['type'] {
  switch (inner.def.type) {
    case 'boolean':
      return 'boolean';
    case 'enum':
      return 'choice';
    case 'number':
      return (inner as z.ZodNumber).isInt ? 'integer' : 'number';
    default:
      return 'text';
  }
}
