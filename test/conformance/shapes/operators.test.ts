import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inferShapes } from '../../../src/graph/inferShapes.js';
import type { Dimension } from '../../../src/graph/model.js';
import type { ElementType } from '../../../src/tensor/elementType.js';
import { elementTypeOfCode } from '../../../src/tensor/elementType.js';
import { bytesOfNumbers } from '../../../src/tensor/numbers.js';
import { tensorOf } from '../../../src/tensor/tensor.js';
import type { AttributeSource } from '../../unit/graph/builders.js';
import { info, initializer, model, node } from '../../unit/graph/builders.js';
import { evaluateDimension } from '../../unit/graph/evaluateDimension.js';

type AttributeValue = number | string | number[] | { tensor: number; values: number[] };
interface Case {
  op: string;
  domain: string;
  opset: number;
  attributes: Record<string, AttributeValue>;
  inputs: ({ type: number; shape: number[]; values?: number[] } | null)[];
  outputs: { type: number; shape: number[] }[];
}

const { cases } = JSON.parse(readFileSync(new URL('./operators.json', import.meta.url), 'utf8')) as { cases: Case[] };
const typeOf = (code: number): ElementType => elementTypeOfCode(code)!;

function attribute(value: AttributeValue, name: string): AttributeSource {
  if (typeof value === 'object' && !Array.isArray(value)) {
    const type = typeOf(value.tensor);
    return tensorOf(type, [value.values.length], bytesOfNumbers(type, value.values));
  }
  return name === 'scales' ? { kind: 'floats', value: value as number[] } : value;
}

/** The case as a model whose inputs have the shapes that `shapeOf` makes of them. */
function modelOf(entry: Case, shapeOf: (shape: number[], input: number) => Dimension[]) {
  const { op, domain, opset, attributes, inputs, outputs } = entry;
  const given = inputs.flatMap((each, i) => (each ? [{ ...each, name: `i${i}`, i }] : []));
  const named = Object.entries(attributes).map(([name, value]) => [name, attribute(value, name)] as const);
  const made = node(
    op,
    inputs.map((each, i) => (each ? `i${i}` : '')),
    outputs.map((_, i) => `o${i}`),
    Object.fromEntries(named),
    { domain },
  );
  return model(
    {
      nodes: [made],
      inputs: given
        .filter(({ values }) => !values)
        .map(({ name, type, shape, i }) => info(name, shapeOf(shape, i), typeOf(type))),
      initializers: given.flatMap(({ name, type, shape, values }) =>
        values ? [initializer(name, tensorOf(typeOf(type), shape, bytesOfNumbers(typeOf(type), values)))] : [],
      ),
    },
    opset,
    domain === '' ? {} : { opsets: new Map([['', opset], [domain, 1]]) }, // prettier-ignore
  );
}

/** Python writes the largest int64, which a double cannot hold; the nearest that fits in 64 bits does as well. */
for (const { inputs } of cases) {
  for (const input of inputs) {
    if (input?.values)
      input.values = input.values.flat().map((v) => (Math.abs(v) > 2 ** 62 ? Math.sign(v) * 2 ** 62 : v));
  }
}

const label = ({ op, opset, attributes, inputs }: Case, i: number) =>
  `${i}: ${op}-${opset} of ${inputs.map((input) => `[${input?.shape ?? ''}]`).join(', ')} ${JSON.stringify(attributes)}`;

describe('shapes and types of single operators are those of onnxruntime', () => {
  it.each(cases.map((entry, i) => [label(entry, i), entry] as const))('%s', (_, entry) => {
    const m = modelOf(entry, (shape) => shape);
    const inference = inferShapes(m);
    const found = entry.outputs.map((__, i) => inference.typeOf(m.graph, `o${i}`));
    expect(found).toEqual(
      entry.outputs.map(({ type, shape }) => ({ kind: 'tensor', elementType: typeOf(type), shape })),
    );
    expect(inference.unresolved).toEqual([]);
  });
});

describe('symbolic shapes of single operators come out right when the symbols are given their sizes', () => {
  /** A slice from beyond the end of a tensor: the start of a slice is taken to lie inside. */
  const outside = (entry: Case) =>
    entry.op === 'Slice' && (entry.inputs[1]?.values ?? []).some((start) => start >= 5 || start <= -5);

  it.each(cases.filter((entry) => !outside(entry)).map((entry, i) => [label(entry, i), entry] as const))(
    '%s',
    (_, entry) => {
      const sizes = new Map<string, number>();
      const m = modelOf(entry, (shape, input) =>
        shape.map((size, axis) => {
          if (size <= 1) return size;
          const name = `s${input}_${axis}`;
          sizes.set(name, size);
          return name;
        }),
      );
      const inference = inferShapes(m);
      for (const [i, { shape }] of entry.outputs.entries()) {
        const symbolic = inference.shapeOf(m.graph, `o${i}`);
        if (!symbolic) expect(inference.unresolved).not.toEqual([]);
        else {
          const evaluated = symbolic.map((dimension) => evaluateDimension(dimension, sizes));
          expect(evaluated.map((size, axis) => size ?? shape[axis])).toEqual(shape);
        }
      }
    },
  );

  it('and nearly all of them are known', () => {
    let known = 0;
    let all = 0;
    for (const entry of cases) {
      const m = modelOf(entry, (shape, input) => shape.map((size, axis) => (size > 1 ? `s${input}_${axis}` : size)));
      const inference = inferShapes(m);
      for (const [i, { shape }] of entry.outputs.entries()) {
        all += shape.length;
        known += (inference.shapeOf(m.graph, `o${i}`) ?? []).filter((dimension) => dimension !== undefined).length;
      }
    }
    expect(known / all).toBeGreaterThan(0.9);
  });
});
