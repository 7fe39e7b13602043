/** Floats of 16 bits and less: their codes as numbers, and numbers as their codes. Browser-safe. */
import type { ElementType } from './elementType.js';

export type SmallFloat =
  | 'float16'
  | 'bfloat16'
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'float8e8m0'
  | 'float6e2m3'
  | 'float6e3m2'
  | 'float4e2m1';

/**
 * `ieee`: the last exponent holds infinities and NaNs. `fn`: no infinity, the last code is NaN. `fnuz`: no infinity and no
 * negative zero, whose code is NaN. `finite`: numbers only. `exponent`: a power of two without sign; the last code is NaN.
 */
type Specials = 'ieee' | 'fn' | 'fnuz' | 'finite' | 'exponent';

interface Format {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  readonly specials: Specials;
}

const format = (exponentBits: number, mantissaBits: number, bias: number, specials: Specials): Format => ({
  exponentBits,
  mantissaBits,
  bias,
  specials,
});

/** ONNX operators documentation, "float stored in 8 bits" and "float stored in 4 bits"; OCP Microscaling v1.0, section 5.3. */
const formats: Readonly<Record<SmallFloat, Format>> = {
  float16: format(5, 10, 15, 'ieee'),
  bfloat16: format(8, 7, 127, 'ieee'),
  float8e4m3fn: format(4, 3, 7, 'fn'),
  float8e4m3fnuz: format(4, 3, 8, 'fnuz'),
  float8e5m2: format(5, 2, 15, 'ieee'),
  float8e5m2fnuz: format(5, 2, 16, 'fnuz'),
  float8e8m0: format(8, 0, 127, 'exponent'),
  float6e2m3: format(2, 3, 1, 'finite'),
  float6e3m2: format(3, 2, 3, 'finite'),
  float4e2m1: format(2, 1, 1, 'finite'),
};

export function isSmallFloat(type: ElementType): type is SmallFloat {
  return type in formats;
}

const tables = new Map<SmallFloat, Float32Array>();

/** The number of every code. All are exact in float32. */
export function valuesOfCodes(type: SmallFloat): Float32Array {
  let table = tables.get(type);
  if (!table) {
    const { exponentBits, mantissaBits, specials } = formats[type];
    const bits = exponentBits + mantissaBits + (specials === 'exponent' ? 0 : 1);
    table = Float32Array.from({ length: 1 << bits }, (_, code) => valueOfCode(formats[type], code));
    tables.set(type, table);
  }
  return table;
}

function valueOfCode({ exponentBits, mantissaBits, bias, specials }: Format, code: number): number {
  if (specials === 'exponent') return code === 0xff ? NaN : 2 ** (code - bias);
  const signBit = 1 << (exponentBits + mantissaBits);
  const magnitude = code & (signBit - 1);
  const sign = code & signBit ? -1 : 1;
  const exponent = magnitude >> mantissaBits;
  const mantissa = magnitude & ((1 << mantissaBits) - 1);
  if (specials === 'ieee' && exponent === (1 << exponentBits) - 1) return mantissa === 0 ? sign * Infinity : NaN;
  if (specials === 'fn' && magnitude === signBit - 1) return NaN;
  if (specials === 'fnuz' && code === signBit) return NaN;
  const fraction = mantissa / (1 << mantissaBits);
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

/**
 * What becomes of a number beyond the greatest: that number (`saturate`, which also takes infinities), or the infinity of
 * the type, or where it has none NaN (`special`). ONNX's Cast does the former for 8 bits and below by default, the latter
 * for 16. Types without infinity and NaN always saturate.
 */
export type Overflow = 'saturate' | 'special';

/** A function that gives the code nearest to a number, of two equally near ones the even one. */
export function codeOf(type: SmallFloat, overflow: Overflow = defaultOverflow(type)): (value: number) => number {
  const { exponentBits, mantissaBits, bias, specials } = formats[type];
  const signBit = specials === 'exponent' ? 0 : 1 << (exponentBits + mantissaBits);
  const least = specials === 'exponent' ? -bias : 1 - bias;
  const firstCode = specials === 'exponent' ? -1 : 0;
  const { greatest, infinity, nan } = specialCodes(formats[type]);
  const overflowed = overflow === 'saturate' ? greatest : infinity;
  const hasNegativeZero = specials !== 'fnuz';
  const perQuantum = Float64Array.from({ length: 1 << exponentBits }, (_, i) => 2 ** (mantissaBits - (least + i)));

  return (value) => {
    if (value !== value) return nan;
    const negative = value < 0 || (value === 0 && 1 / value < 0);
    if (specials === 'exponent' && negative && value !== 0) return nan;
    const magnitude = Math.abs(value);
    const sign = negative ? signBit : 0;
    if (specials === 'exponent' && magnitude === 0) return overflow === 'saturate' ? 0 : nan;
    const step = Math.max(0, exponentOf(magnitude) - least);
    if (step >= perQuantum.length) return overflowed | sign;
    const rounded = magnitude * perQuantum[step]! + halfEven - halfEven;
    const code = Math.max(0, step * (1 << mantissaBits) + rounded + firstCode);
    if (code > greatest) return overflowed | sign;
    return code === 0 && !hasNegativeZero ? 0 : code | sign;
  };
}

function defaultOverflow(type: SmallFloat): Overflow {
  return type === 'float16' || type === 'bfloat16' ? 'special' : 'saturate';
}

/** Codes without their sign: the greatest number, what stands for infinity, NaN. */
function specialCodes({ exponentBits, mantissaBits, specials }: Format): {
  greatest: number;
  infinity: number;
  nan: number;
} {
  const last = (1 << (exponentBits + mantissaBits)) - 1;
  switch (specials) {
    case 'ieee': {
      const infinity = last - (1 << mantissaBits) + 1;
      return { greatest: infinity - 1, infinity, nan: infinity | (1 << (mantissaBits - 1)) };
    }
    case 'fn':
    case 'exponent':
      return { greatest: last - 1, infinity: last, nan: last };
    case 'fnuz':
      return { greatest: last, infinity: last + 1, nan: last + 1 };
    case 'finite':
      return { greatest: last, infinity: last, nan: last + 1 };
  }
}

/** Adding and subtracting it rounds a number below 2^51 to an integer, half to even. */
const halfEven = 1.5 * 2 ** 52;

const float64 = new Float64Array(1);
const words = new Uint32Array(float64.buffer);

/** The exponent of the greatest power of two that is not above a number; that of subnormal numbers is below all others. */
function exponentOf(magnitude: number): number {
  float64[0] = magnitude;
  return ((words[1]! >>> 20) & 0x7ff) - 1023;
}
