import { describe, expect, it } from 'vitest';
import { layersOf } from '../../../../src/graph/layers.js';
import type { Model } from '../../../../src/graph/model.js';
import { exportedLayers } from '../../../../src/inspect/export/exportedLayers.js';
import type { NodeMetric } from '../../../../src/inspect/export/nodeData.js';
import { nodeData } from '../../../../src/inspect/export/nodeData.js';
import { inspection } from '../../../../src/inspect/inspectModel.js';
import { floats, graph, info, initializer, model, node } from '../../graph/builders.js';

async function dataOf(of: Model, metric: NodeMetric) {
  const result = await inspection({ model: of, byteLength: 1000 }, { statistics: true });
  return nodeData(of, layersOf(of), exportedLayers(result), metric);
}

const product = node('MatMul', ['x', 'w'], ['y'], {}, { name: 'product' });
const plain = (name: string): Model =>
  model(
    graph({
      name,
      nodes: [product, node('Relu', ['y'], ['z'], {}, {})],
      inputs: [info('x', [1, 2])],
      outputs: [info('z')],
      initializers: [initializer('w', floats([2, 3], [0, -3, 0, 1, 2, 0]))],
    }),
  );

describe('nodeData', () => {
  it('gives one number a node, by the first output, with a gradient from the least to the greatest', async () => {
    const data = await dataOf(plain('main'), 'bytes');
    expect(data).toMatchObject({
      main: { name: 'Tare: bytes of weights', results: { y: { value: 24 }, z: { value: 0 } } },
    });
    const { gradient } = (data as unknown as Record<string, { gradient: { stop: number; bgColor: string }[] }>).main!;
    expect(gradient.map(({ stop }) => stop)).toEqual([0, 0.5, 1]);
    for (const { bgColor } of gradient) expect(bgColor).toMatch(/^#[0-9a-f]{6}$/);
  });

  it('leaves out nodes of which the figure is not known', async () => {
    const results = async (metric: NodeMetric) =>
      (await dataOf(plain('main'), metric)) as Record<string, { results: Record<string, { value: number }> }>;
    expect((await results('zeros')).main!.results).toEqual({ y: { value: 0.5 } });
    expect((await results('range')).main!.results).toEqual({ y: { value: 3 } });
    expect((await results('macs')).main!.results).toEqual({ y: { value: 6 }, z: { value: 0 } });
    expect((await results('parameters')).main!.results).toEqual({ y: { value: 6 }, z: { value: 0 } });
  });

  it('is that of whatever graph is shown, where the graph has no name', async () => {
    expect(await dataOf(plain(''), 'bytes')).toMatchObject({ results: { y: { value: 24 } } });
  });

  it('names graphs and branches as the ONNX adapter does, and leaves out bodies that it does not show', async () => {
    const body = () =>
      graph({ name: 'body', nodes: [node('Relu', ['x'], ['r'], {}, { name: 'in' })], outputs: [info('r')] });
    const call = node('Twice', ['b'], ['c'], {}, { name: 'call', domain: 'local' });
    const of = model(
      graph({
        name: 'main',
        nodes: [
          node('If', ['condition'], ['b'], { then_branch: body(), else_branch: body() }, { name: 'choice' }),
          call,
          node('Loop', ['', 'condition', 'c'], ['d'], { body: body() }, { name: 'loop' }),
        ],
        inputs: [info('x', [1, 2]), info('condition', [], 'bool')],
        outputs: [info('d')],
      }),
      17,
      {
        functions: [
          {
            domain: 'local',
            name: 'Twice',
            opsets: new Map([['', 17]]),
            attributeNames: [],
            attributeDefaults: new Map(),
            graph: graph({ nodes: [node('Add', ['p', 'p'], ['q'])], inputs: [info('p')], outputs: [info('q')] }),
          },
        ],
      },
    );
    const data = (await dataOf(of, 'bytes')) as Record<string, { results: object }>;
    expect(Object.keys(data)).toEqual(['main', '[function]local::Twice']);
    expect(Object.keys(data.main!.results)).toEqual(['b', 'choice/then_branch/r', 'choice/else_branch/r', 'c', 'd']);
    expect(Object.keys(data['[function]local::Twice']!.results)).toEqual(['q']);
  });
});
