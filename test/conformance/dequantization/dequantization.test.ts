/** Quantized weights as the real numbers they stand for, against onnxruntime (generate.py). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { layersOf } from '../../../src/graph/layers.js';
import { measureWeight } from '../../../src/inspect/measureWeight.js';
import { weightNumbers } from '../../../src/inspect/weightNumbers.js';
import { weightSource } from '../../../src/inspect/weightSource.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { readByCompiled } from '../../unit/inspect/readByCompiled.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/dequantization/${name}`, import.meta.url));

const { weights } = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as {
  weights: Record<string, { shape: number[]; values: string }>;
};

/** Biases: too small for it to matter where they are read. */
const isWideInteger = (type: string) => type === 'int32';

describe('a quantized weight', () => {
  it.each(Object.keys(weights))('stands for the numbers that onnxruntime computes: %s', async (key) => {
    const [place, name] = key.split(' ') as [string, string];
    const isDynamic = place.startsWith('dynamic');
    const opened = await openModel(fixture(isDynamic ? `${place}.onnx` : 'quantized.onnx'));
    const found = layersOf(opened.model).flatMap((layer) =>
      layer.weights.filter((weight) => weight.name === name).map((weight) => ({ layer, weight })),
    );
    expect(found).toHaveLength(1);
    const { layer, weight } = found[0]!;
    if (!isDynamic) expect(layer.name).toBe(place);
    expect(weight).toMatchObject({ storage: 'quantized', isParameter: true });

    const expected = new Float32Array(new Uint8Array(Buffer.from(weights[key]!.values, 'base64')).buffer);
    const real: number[] = [];
    for await (const chunk of weightNumbers(layer, weight).chunks()) real.push(...chunk);
    expect(weight.shape).toEqual(weights[key]!.shape);
    expect(real).toEqual(Array.from(expected));

    const source = await weightSource(layer, weight);
    expect(source === undefined).toBe(
      weight.tensor.bytes.resident !== undefined || isWideInteger(weight.tensor.elementType),
    );
    if (source) expect(Array.from(readByCompiled(source, 3))).toEqual(Array.from(expected));

    const statistics = await measureWeight(layer, weight);
    expect(statistics.count).toBe(expected.length);
    expect(statistics.min).toBe(Math.min(...expected));
    expect(statistics.max).toBe(Math.max(...expected));
    await opened.close();
  });
});
