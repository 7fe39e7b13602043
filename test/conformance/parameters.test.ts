/** Scales, zero points and integers of arrays, as onnxruntime 1.30 makes them of every type. */
import { describe, expect, it } from 'vitest';
import type { Float8, IntegerType, QuantizedType } from '../../src/compress/quantize/integerRange.js';
import { fullRange, scaleRange } from '../../src/compress/quantize/integerRange.js';
import type { Grid } from '../../src/compress/quantize/parameters.js';
import { gridParameters } from '../../src/compress/quantize/parameters.js';
import type { Granularity } from '../../src/compress/quantize/scaleLayout.js';
import { scaleLayout } from '../../src/compress/quantize/scaleLayout.js';
import { tensorFrom } from '../../src/compress/quantize/tensors.js';
import type { ValueParameters } from '../../src/compress/quantize/valueParameters.js';
import { singleParameters } from '../../src/compress/quantize/valueParameters.js';
import { quantizeArray, scaleRanges } from '../../src/compress/quantize/weights.js';
import { bytesFact, readVectors } from './golden.js';
import { GoldenCount } from './goldenCount.js';
import type { NumbersSpec } from './seededNumbers.js';
import { numbersOf } from './seededNumbers.js';

interface OfArray {
  readonly array: NumbersSpec;
  readonly type: IntegerType;
  readonly symmetric: boolean;
  readonly integers: string;
}

type Case =
  | (OfArray & {
      readonly kind: 'tensor';
      readonly reduced: boolean;
      readonly scale: number;
      readonly zeroPoint: number;
    })
  | (OfArray & {
      readonly kind: 'channel';
      readonly axis: number;
      readonly scales: readonly number[];
      readonly zeroPoints: readonly number[];
    })
  | (OfArray & {
      readonly kind: 'block';
      readonly axis: number;
      readonly blockSize: number;
      readonly shape: readonly number[];
      readonly scales: string;
      readonly zeroPoints: string;
    })
  | {
      readonly kind: 'float8';
      readonly array: NumbersSpec;
      readonly type: Float8;
      readonly scale: number;
      readonly integers: string;
    }
  | {
      readonly kind: 'restricted';
      readonly range: readonly [number, number];
      readonly scale: number;
      readonly zeroPoint: number;
    };
type Kind<Name> = Extract<Case, { kind: Name }>;

const { seeded, cases } = readVectors<{
  readonly seeded: readonly (NumbersSpec & { readonly bytes: string })[];
  readonly cases: readonly Case[];
}>('parameters');
const count = new GoldenCount('scales, zero points and integers of arrays');
const ofKind = <Name extends Case['kind']>(kind: Name) =>
  cases.filter((each): each is Kind<Name> => each.kind === kind);

const factOf = async (type: QuantizedType | 'float32', numbers: ArrayLike<number>) =>
  bytesFact(await tensorFrom(type, [numbers.length], numbers).bytes.read());

/** The scales of an array on a grid as `compat=onnxruntime` asks for it, all integers of the type left to its elements. */
function parametersOf(
  data: Float32Array,
  { array, type, symmetric }: OfArray,
  granularity: Granularity,
  grid: Partial<Grid> = {},
): ValueParameters {
  const integers = scaleRange(type, symmetric, false);
  const all = scaleRanges(data, scaleLayout(array.shape, granularity))!.map((range) =>
    gridParameters(range, { integers, symmetric, zeroOfNothing: true, ...grid }),
  );
  const scales = Float32Array.from(all, ({ scale }) => scale);
  return { type, ...granularity, integers: fullRange(type), scales, zeroPoints: all.map((each) => each.zeroPoint) };
}

it('the arrays are those that were quantized', () => {
  for (const { bytes, ...spec } of seeded) {
    const { buffer } = numbersOf(spec);
    expect(bytesFact(new Uint8Array(buffer)), JSON.stringify(spec)).toBe(bytes);
  }
});

describe('one scale', () => {
  it.each(ofKind('tensor'))('$type $array, symmetric $symmetric, reduced $reduced', async (expected) => {
    const { array, type, symmetric, reduced } = expected;
    const data = numbersOf(array);
    const found = parametersOf(data, expected, {}, { integers: scaleRange(type, symmetric, reduced) });
    expect([found.scales[0], found.zeroPoints[0]]).toEqual([expected.scale, expected.zeroPoint]);
    expect(await factOf(type, quantizeArray(data, array.shape, found))).toBe(expected.integers);
    count.add();
  });
});

describe('one scale a channel', () => {
  it.each(ofKind('channel'))('$type $array, axis $axis', async (expected) => {
    const { array, type, axis } = expected;
    const data = numbersOf(array);
    const found = parametersOf(data, expected, { axis });
    expect([...found.scales]).toEqual(expected.scales);
    expect(found.zeroPoints).toEqual(expected.zeroPoints);
    expect(await factOf(type, quantizeArray(data, array.shape, found))).toBe(expected.integers);
    count.add();
  });
});

describe('one scale a block', () => {
  it.each(ofKind('block'))('$type $array, $blockSize along $axis, symmetric $symmetric', async (expected) => {
    const { array, type, axis, blockSize } = expected;
    const data = numbersOf(array);
    const found = parametersOf(data, expected, { axis, blockSize }, { fromStoredScale: true });
    expect(scaleLayout(array.shape, { axis, blockSize }).scaleShape).toEqual(expected.shape);
    expect(await factOf('float32', found.scales)).toBe(expected.scales);
    expect(await factOf(type, found.zeroPoints)).toBe(expected.zeroPoints);
    expect(await factOf(type, quantizeArray(data, array.shape, found))).toBe(expected.integers);
    count.add();
  });
});

describe('zero points at the least integer or in the middle', () => {
  it.each(ofKind('restricted'))('$range', ({ range: [min, max], scale, zeroPoint }) => {
    const grid = { integers: fullRange('uint8'), symmetric: false, restricted: true };
    expect(gridParameters({ min, max }, grid)).toEqual({ scale, zeroPoint });
    count.add();
  });
});

/** Scales there come from the standard deviation, by which large numbers saturate: `compat=onnxruntime` refuses float8. */
describe('float8 at a given scale', () => {
  it.each(ofKind('float8'))('$type $array', async ({ array, type, scale, integers }) => {
    const codes = quantizeArray(numbersOf(array), array.shape, singleParameters(type, { scale, zeroPoint: 0 }));
    expect(await factOf(type, codes)).toBe(integers);
    count.add();
  });
});

count.tell(cases.length);
