/**
 * Elements below 8 bits as ONNX packs them: one after the other, the low bits of a byte first; 6-bit elements go on into the
 * next byte. The last byte is filled with zeros. Browser-safe.
 */

/** `count` elements from element `start` on, one a byte, without sign extension. */
export function unpackBits(packed: Uint8Array, bits: 2 | 4 | 6, count: number, start = 0): Uint8Array {
  const mask = (1 << bits) - 1;
  const codes = new Uint8Array(count);
  for (let i = 0, bit = start * bits; i < count; i++, bit += bits) {
    const at = bit >> 3;
    codes[i] = ((packed[at]! | ((packed[at + 1] ?? 0) << 8)) >> (bit & 7)) & mask;
  }
  return codes;
}

/** Elements as two's complement numbers of `bits` bits. */
export function signExtend(codes: Uint8Array, bits: 2 | 4): Int8Array {
  const shift = 32 - bits;
  return Int8Array.from(codes, (code) => (code << shift) >> shift);
}

/** The low `bits` bits of each element, packed. */
export function packBits(codes: ArrayLike<number>, bits: 2 | 4 | 6): Uint8Array {
  const mask = (1 << bits) - 1;
  const packed = new Uint8Array(Math.ceil((codes.length * bits) / 8));
  for (let i = 0; i < codes.length; i++) {
    const bit = i * bits;
    const value = (codes[i]! & mask) << (bit & 7);
    packed[bit >> 3]! |= value;
    if (value > 0xff) packed[(bit >> 3) + 1]! |= value >> 8;
  }
  return packed;
}
