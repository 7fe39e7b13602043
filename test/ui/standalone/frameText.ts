/** Frames as text and back, in Node and in a browser: JSON, with typed arrays as base64. */
import { packNumbers, unpackNumbers } from '../../../src/protocol/packNumbers.js';
import type { Frame } from '../../../src/protocol/rpc.js';

const kinds = { Float32Array, Float64Array, Uint32Array, Uint8Array } as const;
type Kind = keyof typeof kinds;

interface PackedArray {
  readonly $array: Kind;
  readonly base64: string;
}

export const frameText = (frame: Frame): string => JSON.stringify(withText(packNumbers(frame)));

export const textFrame = (text: string): Frame => unpackNumbers(withArrays(JSON.parse(text))) as Frame;

// Walked by hand: JSON's own replacer and reviver take several times as long, which would be charged to the page.
function withText(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { $array: value.constructor.name as Kind, base64: toBase64(bytes) } satisfies PackedArray;
  }
  return mapped(value, withText);
}

function withArrays(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('$array' in value)) return mapped(value, withArrays);
  const { $array, base64 } = value as PackedArray;
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return new kinds[$array](bytes.buffer);
}

function mapped(value: unknown, change: (child: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child)]));
}

function toBase64(bytes: Uint8Array): string {
  let letters = '';
  for (let at = 0; at < bytes.length; at += 8192) letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(letters);
}
