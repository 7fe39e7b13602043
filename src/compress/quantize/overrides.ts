/** What single layers and tensors have that is different: the option `overrides`, as JSON. */
import { z } from 'zod';
import type { Layer } from '../../graph/layers.js';
import { Failure } from '../../messages/failure.js';
import { matchLayers, matchNames } from '../layerPatterns.js';
import type { Range } from '../method.js';
import { nearestOf } from '../options.js';
import { layerTypes } from './options/layerTypes.js';
import type { QuantizeOptions } from './options.js';

const range = z
  .tuple([z.number(), z.number()])
  .refine(([min, max]) => min < max)
  .transform(([min, max]): Range => ({ min, max }));
const width = z.number().int().min(2).max(16).nullable();

const layerFields = {
  weightType: z.enum(layerTypes),
  activationType: z.enum(layerTypes),
  bits: width,
  activationBits: width,
  perChannel: z.boolean(),
  blockSize: z.number().int().min(0).max(256),
  symmetricWeights: z.boolean().nullable(),
  symmetricActivations: z.boolean(),
  restrictedAsymmetric: z.boolean(),
  powerOfTwoScales: z.boolean(),
  reduceRange: z.boolean().nullable(),
  weightCalibration: z.enum(['minmax', 'mse', 'percentile']),
  weightPercentile: z.number().min(50).max(100),
  weightRange: range,
};

const tensorFields = {
  range,
  scale: z.number().positive(),
  zeroPoint: z.number().int(),
  type: z.enum(layerTypes).exclude(['float32']),
  symmetric: z.boolean(),
};

/** Options of a layer that take the place of those for all. */
export type LayerOverride = { readonly [Field in keyof typeof layerFields]?: z.output<(typeof layerFields)[Field]> };
/** What a tensor has instead of what would follow from its layer and its range. */
export type TensorOverride = { readonly [Field in keyof typeof tensorFields]?: z.output<(typeof tensorFields)[Field]> };

export interface Overrides {
  /** By name, glob or region, in the order in which they are written: later ones win. */
  readonly layers: readonly (readonly [pattern: string, values: LayerOverride])[];
  readonly tensors: readonly (readonly [pattern: string, values: TensorOverride])[];
}

const tensorPrefix = 'tensor:';

/**
 * Reads an object whose keys are patterns of layers, or `tensor:` and a name or glob of values. Throws a Failure for what
 * is not JSON, and for a wrong field or value, which it names.
 */
export function parseOverrides(text: string): Overrides {
  const layers: [string, LayerOverride][] = [];
  const tensors: [string, TensorOverride][] = [];
  for (const [key, values] of Object.entries(objectIn(text))) {
    if (key.startsWith(tensorPrefix)) {
      const found = fieldsOf(key, values, tensorFields) as TensorOverride;
      if (found.zeroPoint !== undefined && found.scale === undefined) {
        throw new Failure('compress.quantize.overrides.zero-point', { key });
      }
      tensors.push([key.slice(tensorPrefix.length), found]);
    } else layers.push([key, fieldsOf(key, values, layerFields) as LayerOverride]);
  }
  return { layers, tensors };
}

/** The other way: the text that reads as these overrides, keys as they are. */
export function overridesText({ layers, tensors }: Overrides): string {
  const ends = ({ min, max }: Range) => [min, max];
  const all: [string, object][] = [
    ...layers.map(([key, { weightRange, ...rest }]): [string, object] => [
      key,
      { ...rest, ...(weightRange && { weightRange: ends(weightRange) }) },
    ]),
    ...tensors.map(([key, { range: own, ...rest }]): [string, object] => [
      tensorPrefix + key,
      { ...rest, ...(own && { range: ends(own) }) },
    ]),
  ];
  return all.length === 0 ? '' : JSON.stringify(Object.fromEntries(all));
}

function objectIn(text: string): object {
  if (text.trim() === '') return {};
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Failure('compress.quantize.overrides.not-json', { detail: (error as Error).message });
  }
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found;
  throw new Failure('compress.quantize.overrides.no-object');
}

function fieldsOf(key: string, values: unknown, fields: Readonly<Record<string, z.ZodType>>): object {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new Failure('compress.quantize.overrides.not-fields', { key, fields: Object.keys(fields).join(', ') });
  }
  const found: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(values)) {
    const schema = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (!schema) {
      const nearest = nearestOf(field, Object.keys(fields));
      throw new Failure('compress.quantize.overrides.unknown-field', { key, field, nearest });
    }
    const result = schema.safeParse(value);
    if (!result.success) {
      throw new Failure('compress.quantize.overrides.wrong-value', { key, field, value: JSON.stringify(value) });
    }
    found[field] = result.data;
  }
  return found;
}

/**
 * The overrides of each layer that a pattern matches, by name, and what each pattern matched. Throws a Failure for a
 * pattern that matches none.
 */
export function layerOverrides(
  overrides: Overrides,
  layers: readonly Layer[],
): { readonly byLayer: Map<string, LayerOverride>; readonly matches: Map<string, readonly string[]> } {
  const byLayer = new Map<string, LayerOverride>();
  const matches = new Map<string, readonly string[]>();
  for (const [pattern, values] of overrides.layers) {
    const matched = matchLayers('overrides', pattern, layers).map(({ name }) => name);
    matches.set(pattern, matched);
    for (const name of matched) byLayer.set(name, { ...byLayer.get(name), ...values });
  }
  return { byLayer, matches };
}

/** The overrides of each value that a pattern matches. Throws a Failure for a pattern that matches none. */
export function tensorOverrides(overrides: Overrides, values: readonly string[]): Map<string, TensorOverride> {
  const found = new Map<string, TensorOverride>();
  for (const [pattern, fields] of overrides.tensors) {
    for (const value of matchNames('overrides', pattern, values, 'compress.no-such-value')) {
      found.set(value, { ...found.get(value), ...fields });
    }
  }
  return found;
}

/** The options of a layer, with what is different for it. `weightRange` is no option: it is read from the override. */
export function withOverride(options: QuantizeOptions, override: LayerOverride | undefined): QuantizeOptions {
  if (!override) return options;
  const { weightRange: _, ...others } = override;
  return { ...options, ...others };
}
