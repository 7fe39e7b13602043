/**
 * Strings of the file as JavaScript strings, without loss: protobuf does not check that a proto2 string is UTF-8. A byte
 * that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte, as Python's `surrogateescape` does.
 */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const escaped = /(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/;

export function decodeText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeWithEscapes(bytes);
  }
}

export function encodeText(text: string): Uint8Array {
  if (!escaped.test(text)) return encoder.encode(text);
  const parts = text.split(new RegExp(`(${escaped.source})`));
  return Buffer.concat(
    parts.map((part, i) => (i % 2 === 1 ? Uint8Array.of(part.charCodeAt(0) - 0xdc00) : encoder.encode(part))),
  );
}

function decodeWithEscapes(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const length = validLength(bytes, at);
    parts.push(length > 0 ? strict.decode(bytes.subarray(at, at + length)) : String.fromCharCode(0xdc00 + bytes[at]!));
    at += Math.max(length, 1);
  }
  return parts.join('');
}

/** The length of the valid UTF-8 sequence that begins at `at`, or 0. */
function validLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length <= 1) return length;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return at + length <= bytes.byteLength ? length : 0;
  } catch {
    return 0;
  }
}
