import type { EntryProto, Message } from './protos.js';

/** Fields that were absent although the graph gives them a value (0, ''): they stay absent while that value stays. */
export const omittedFields = Symbol('omitted fields');

/** Elements of a list that repeat a name, which the graph's maps cannot hold, by field. */
export const repeatedNames = Symbol('repeated names');

/** An element and its place in its list. */
export interface Repeated {
  readonly at: number;
  readonly element: Message;
}

/** What rides along with a part of a model: the fields of its message that the graph does not model. */
export type Carried<T extends Message> = Partial<T> & {
  [omittedFields]?: string[];
  [repeatedNames]?: Record<string, readonly Repeated[]>;
};

/** The rest of a message as `carried`: undefined where nothing is left. */
export function carry<T extends Message>(
  rest: Partial<T>,
  omitted: readonly string[] = [],
  repeated: Record<string, readonly Repeated[]> = {},
): Carried<T> | undefined {
  const carried: Carried<T> = { ...rest };
  for (const key of Reflect.ownKeys(carried) as (keyof typeof carried)[]) {
    if (carried[key] === undefined) delete carried[key];
  }
  if (omitted.length > 0) carried[omittedFields] = [...omitted];
  if (Object.values(repeated).some((elements) => elements.length > 0)) carried[repeatedNames] = repeated;
  return Reflect.ownKeys(carried).length > 0 ? carried : undefined;
}

export function carriedOf<T extends Message>(part: { carried?: unknown } | undefined): Carried<T> {
  return (part?.carried ?? {}) as Carried<T>;
}

/** The first element of each name, and those that repeat one. */
export function splitRepeated<T extends Message>(
  elements: readonly T[] | undefined,
  nameOf: (element: T) => string | undefined,
  taken: readonly (string | undefined)[] = [],
): { first: T[]; repeated: Repeated[] } {
  const seen = new Set(taken.map((name) => name ?? ''));
  const [first, repeated]: [T[], Repeated[]] = [[], []];
  for (const [at, element] of (elements ?? []).entries()) {
    const name = nameOf(element) ?? '';
    if (seen.has(name)) repeated.push({ at, element });
    else first.push(element);
    seen.add(name);
  }
  return { first, repeated };
}

/** A list with the elements that repeat a name, each at its old place as far as that is there. */
export function withRepeated<T extends Message>(elements: readonly T[], carried: object, field: string): T[] {
  const all = [...elements];
  for (const { at, element } of (carried as Carried<T>)[repeatedNames]?.[field] ?? []) all.splice(at, 0, element as T);
  return all;
}

/** The names of those fields that are absent. */
export function absent(message: object, ...fields: string[]): string[] {
  return fields.filter((field) => !(field in message));
}

/** A value to write, or undefined where its field was absent and still has the value that absence means. */
export function unlessOmitted<V>(carried: object, field: string, value: V, isDefault: boolean): V | undefined {
  const omitted = (carried as Carried<Message>)[omittedFields];
  return isDefault && omitted?.includes(field) ? undefined : value;
}

export function entriesToMap(entries: readonly EntryProto[] | undefined): Map<string, string> {
  return new Map((entries ?? []).map(({ key, value }) => [key ?? '', value ?? '']));
}

/** Entries that a map cannot stand for: repeated keys, absent halves, unknown fields. */
export function irregularEntries(entries: EntryProto[] | undefined): EntryProto[] | undefined {
  const regular =
    new Set(entries?.map(({ key }) => key)).size === (entries?.length ?? 0) &&
    entries?.every((entry) => Reflect.ownKeys(entry).length === 2 && 'key' in entry && 'value' in entry);
  return regular ? undefined : entries;
}

/** The map as entries; the original ones where they still say the same. */
export function mapToEntries(
  map: ReadonlyMap<string, string> | undefined,
  original: EntryProto[] | undefined,
): EntryProto[] | undefined {
  if (original && sameMap(entriesToMap(original), map ?? new Map())) return original;
  return map && map.size > 0 ? [...map].map(([key, value]) => ({ key, value })) : undefined;
}

export function sameMap<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.has(key) && b.get(key) === value);
}
