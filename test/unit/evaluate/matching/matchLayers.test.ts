import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operatorFamily } from '../../../../src/evaluate/matching/layerGraph.js';
import { matchLayers } from '../../../../src/evaluate/matching/matchLayers.js';
import { Graph } from '../../../../src/graph/graph.js';
import { layersOf, type Layer } from '../../../../src/graph/layers.js';
import { Node } from '../../../../src/graph/node.js';

/** A chain of operators, each with a name, or none and an output that says its place. */
function chain(steps: readonly (readonly [op: string, name?: string])[], outputs = 'v'): Layer[] {
  const nodes = steps.map(
    ([opType, name], i) =>
      new Node({ opType, name, inputs: [i === 0 ? 'x' : `${outputs}${i - 1}`], outputs: [`${outputs}${i}`] }),
  );
  const graph = new Graph({ nodes, inputs: [{ name: 'x' }], outputs: [{ name: `${outputs}${steps.length - 1}` }] });
  return layersOf({ irVersion: 8, opsets: new Map([['', 13]]), metadata: new Map(), graph, functions: [] });
}

const pairs = async (a: Layer[], b: Layer[]) =>
  (await matchLayers(a, b)).matches.map((match) => [match.a?.name ?? null, match.b?.name ?? null]);

describe('matchLayers', () => {
  it('by name, wherever they moved', async () => {
    const a = chain([
      ['Conv', 'one'],
      ['Relu', 'two'],
      ['Conv', 'three'],
    ]);
    const b = chain(
      [
        ['Conv', 'three'],
        ['Conv', 'one'],
        ['Relu', 'two'],
      ],
      'w',
    );
    expect(await pairs(a, b)).toEqual([
      ['one', 'one'],
      ['two', 'two'],
      ['three', 'three'],
    ]);
  });

  it('not by name alone: the operator must be of a kind', async () => {
    const a = chain([['Conv', 'one']]);
    const b = chain([['Relu', 'one']], 'w');
    expect(await pairs(a, b)).toEqual([
      ['one', null],
      [null, 'one'],
    ]);
  });

  it('by the names that quantizers give', async () => {
    const a = chain([
      ['Gemm', 'fc'],
      ['MatMul', 'head'],
      ['Conv', 'stem'],
    ]);
    const b = chain(
      [
        ['MatMulInteger', 'fc_MatMul_quant'],
        ['QLinearMatMul', 'head_quant'],
        ['ConvInteger', 'stem_quant'],
      ],
      'w',
    );
    expect(await pairs(a, b)).toEqual([
      ['fc', 'fc_MatMul_quant'],
      ['head', 'head_quant'],
      ['stem', 'stem_quant'],
    ]);
  });

  it('renamed ones by operator and order between those that kept their names', async () => {
    const a = chain([
      ['Conv', 'a1'],
      ['Relu', 'a2'],
      ['MaxPool', 'pool'],
      ['Conv', 'a3'],
      ['Relu', 'a4'],
    ]);
    const b = chain(
      [
        ['Conv', 'b1'],
        ['Relu', 'b2'],
        ['MaxPool', 'pool'],
        ['Relu', 'b3'],
      ],
      'w',
    );
    expect(await pairs(a, b)).toEqual([
      ['a1', 'b1'],
      ['a2', 'b2'],
      ['pool', 'pool'],
      ['a3', null],
      ['a4', 'b3'],
    ]);
  });

  it('a layer put in stands at its place; what carries a quantization is not shown', async () => {
    const a = chain([
      ['Conv', 'conv'],
      ['Relu', 'relu'],
    ]);
    const b = chain(
      [
        ['QuantizeLinear', 'q'],
        ['DequantizeLinear', 'd'],
        ['Conv', 'conv'],
        ['Clip', 'clip'],
        ['Relu', 'relu'],
        ['DequantizeLinear', 'e'],
      ],
      'w',
    );
    expect(await pairs(a, b)).toEqual([
      ['conv', 'conv'],
      [null, 'clip'],
      ['relu', 'relu'],
    ]);
    expect(await pairs(b, b)).toHaveLength(6);
  });

  it('shows every layer of both once, each pair of one kind, whatever the models', async () => {
    const models = fc.array(
      fc.tuple(
        fc.constantFrom('Conv', 'Relu', 'Gemm', 'MatMulInteger', 'Add'),
        fc.option(fc.constantFrom('p', 'q', 'r', 's'), { nil: undefined }),
      ),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(models, models, fc.boolean(), async (first, second, sameValues) => {
        const [a, b] = [chain(first), chain(second, sameValues ? 'v' : 'w')];
        const { matches } = await matchLayers(a, b);
        expect(matches.map((match) => match.a).filter((layer) => layer !== null)).toEqual(a);
        expect(new Set(matches.map((match) => match.b).filter((layer) => layer !== null))).toEqual(new Set(b));
        for (const match of matches) {
          if (match.a && match.b) expect(operatorFamily(match.a.node.opType)).toBe(operatorFamily(match.b.node.opType));
        }
      }),
    );
  });

  it('does not take long over thousands of renamed layers', async () => {
    const ops = ['Conv', 'Relu', 'Add'];
    const of = (prefix: string) =>
      chain(
        Array.from({ length: 5000 }, (_, i) => [ops[i % 3]!, `${prefix}${i}`] as const),
        prefix,
      );
    expect((await matchLayers(of('a'), of('b'))).matches.every((match) => match.a && match.b)).toBe(true);
  });
});
