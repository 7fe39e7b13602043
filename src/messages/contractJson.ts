import { english, sentences } from './catalog.js';
import type { Message } from './message.js';

export type ContractJson = null | boolean | number | string | ContractJson[] | { [key: string]: ContractJson };

/**
 * A value as the command line's `--json` writes it: numbers that are not finite as "Infinity", "-Infinity" and "NaN",
 * what is unknown (undefined in a list, or null) as null, typed arrays as lists, maps as objects, sentences in English.
 * A property that is undefined is left out, as JSON.stringify does. A bigint is a number where that is exact, else its
 * digits.
 */
export function toContractJson(value: unknown): ContractJson {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'boolean':
    case 'string':
      return value;
    case 'object':
      return value === null ? null : ofObject(value);
    default:
      return null;
  }
}

function ofObject(value: object): ContractJson {
  if (Array.isArray(value)) return value.map(toContractJson);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<number | bigint>, toContractJson);
  if (isSentence(value)) return english(value);
  const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    entries.filter(([, each]) => each !== undefined).map(([key, each]) => [String(key), toContractJson(each)]),
  );
}

function isSentence(value: object): value is Message {
  const { id, params } = value as Partial<Message>;
  return typeof id === 'string' && typeof params === 'object' && params !== null && id in sentences;
}
