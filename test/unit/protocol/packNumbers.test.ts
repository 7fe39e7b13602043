import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packNumbers, unpackNumbers } from '../../../src/protocol/packNumbers.js';

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.double(),
    fc.constantFrom(NaN, Infinity, -Infinity, -0, 0),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter((key) => !['__proto__', '$number'].includes(key)),
      tie('value'),
    ),
  ),
})).value;

it('brings every number through JSON, those too that JSON has no word for', () => {
  fc.assert(
    fc.property(plain, (value) => {
      const arrived = unpackNumbers(JSON.parse(JSON.stringify(packNumbers(value)))) as unknown;
      // fast-check makes dictionaries without a prototype.
      expect(arrived).toEqual(structuredClone(value));
    }),
  );
});

it('leaves typed arrays and buffers as they are', () => {
  const message = { bytes: new Float32Array([1, NaN]), buffer: new ArrayBuffer(4) };
  const arrived = unpackNumbers(packNumbers(message)) as typeof message;
  expect(arrived.bytes).toBe(message.bytes);
  expect(arrived.buffer).toBe(message.buffer);
});

it('copies a view on a larger buffer, which would travel whole', () => {
  const counts = new Float64Array([1, 2, 3, 4]).subarray(1, 3);
  const packed = packNumbers({ counts }) as { counts: Float64Array };
  expect([...packed.counts]).toEqual([2, 3]);
  expect(packed.counts.buffer.byteLength).toBe(16);
});
