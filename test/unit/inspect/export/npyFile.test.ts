import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNpy } from '../../../../src/data/npy.js';
import type { Layer } from '../../../../src/graph/layers.js';
import { layersOf } from '../../../../src/graph/layers.js';
import { findWeight } from '../../../../src/inspect/export/findWeight.js';
import { npyFile, npyHeader } from '../../../../src/inspect/export/npyFile.js';
import type { OpenedModel } from '../../../../src/onnx/openModel.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { fixturePath } from '../../models.js';

interface Written {
  readonly header: string;
  readonly data: string;
}

const expected = JSON.parse(readFileSync(fixturePath('npy/expected.json'), 'utf8')) as Record<
  string,
  Record<'stored' | 'real', Written>
>;

let opened: OpenedModel;
let layers: Layer[];
beforeAll(async () => {
  opened = await openModel(fixturePath('npy/types.onnx'));
  layers = layersOf(opened.model);
});
afterAll(() => opened.close());

async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('npyFile', () => {
  for (const [name, forms] of Object.entries(expected)) {
    for (const form of ['stored', 'real'] as const) {
      it(`writes what numpy writes: ${name}, ${form}`, async () => {
        const { layer, weight } = findWeight(layers, name);
        const bytes = await bytesOf(npyFile(layer, weight, form));
        expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\0', 'latin1'));
        const start = 10 + bytes.readUInt16LE(8);
        expect(start % 64).toBe(0);
        expect(bytes.subarray(10, start).toString('latin1')).toMatch(/^\{.*\} *\n$/);
        expect({
          header: bytes.subarray(10, start).toString('latin1').trim(),
          data: bytes.subarray(start).toString('hex'),
        }).toEqual(forms[form]);
      });
    }
  }

  it('says that texts are no numbers', async () => {
    const { layer, weight } = findWeight(layers, 'texts');
    await expect(bytesOf(npyFile(layer, weight, 'stored'))).rejects.toMatchObject({
      code: 'inspect.npy-strings',
      message: 'texts holds texts, which a .npy file of numbers cannot.',
    });
  });

  it('names the nearest tensor', () => {
    expect(() => findWeight(layers, 'bfloat1')).toThrowError(/no tensor bfloat1/);
    expect(() => findWeight(layers, 'bfloat1')).toThrowError(
      expect.objectContaining({ mend: 'The nearest name is bfloat16.' }),
    );
  });
});

describe('npyHeader', () => {
  it('can be read again, whatever the shape', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 }), async (shape) => {
        const count = shape.reduce((a, b) => a * b, 1);
        fc.pre(count < 1e6);
        const bytes = Buffer.concat([npyHeader('<f4', shape), Buffer.alloc(count * 4)]);
        const read = (offset: number, length: number) =>
          Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length)));
        const array = await openNpy({ byteLength: bytes.byteLength, read });
        expect(array).toMatchObject({ elementType: 'float32', shape });
      }),
    );
  });

  it('takes version 2.0 where the description does not fit in the first', () => {
    const header = Buffer.from(npyHeader('<f4', new Array<number>(30_000).fill(1)));
    expect(header[6]).toBe(2);
    expect(header.length % 64).toBe(0);
    expect(header.readUInt32LE(8)).toBe(header.length - 12);
    expect(header.at(-1)).toBe(0x0a);
  });
});
