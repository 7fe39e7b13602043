/**
 * Random signs and buckets that are the same in every run: the count sketch of Charikar, Chen and Farach-Colton ("Finding
 * frequent items in data streams", 2002), which keeps lengths and angles of vectors in few numbers.
 */
export interface CountSketch {
  readonly bucket: Uint16Array;
  readonly sign: Float32Array;
}

/** For vectors of `length` elements, into `buckets` (at most 65,536). Where they fit one each, nothing is mixed. */
export function countSketch(length: number, buckets: number): CountSketch {
  const bucket = new Uint16Array(length);
  const sign = new Float32Array(length).fill(1);
  for (let i = 0; i < length; i++) {
    if (length <= buckets) {
      bucket[i] = i;
      continue;
    }
    const hash = mixed(i);
    bucket[i] = (hash >>> 1) % buckets;
    if (hash & 1) sign[i] = -1;
  }
  return { bucket, sign };
}

/** A whole number without pattern, 0 to 2^32 - 1, from another: the finalizer of MurmurHash3. */
export function mixed(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
