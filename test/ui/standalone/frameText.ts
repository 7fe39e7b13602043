/** Frames as text and back, in Node and in a browser: JSON, with typed arrays as base64. */
import { packNumbers, unpackNumbers } from '../../../src/protocol/packNumbers.js';
import type { Frame } from '../../../src/protocol/rpc.js';

const kinds = { Float32Array, Float64Array, Uint32Array, Uint8Array } as const;
type Kind = keyof typeof kinds;

interface PackedArray {
  readonly $array: Kind;
  readonly base64: string;
}

export function frameText(frame: Frame): string {
  return JSON.stringify(packNumbers(frame), (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { $array: value.constructor.name as Kind, base64: toBase64(bytes) } satisfies PackedArray;
  });
}

export function textFrame(text: string): Frame {
  const revived: unknown = JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$array' in value)) return value;
    const { $array, base64 } = value as PackedArray;
    return new kinds[$array](Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
  });
  return unpackNumbers(revived) as Frame;
}

function toBase64(bytes: Uint8Array): string {
  let letters = '';
  for (let at = 0; at < bytes.length; at += 8192) letters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(letters);
}
