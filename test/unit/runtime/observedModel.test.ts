import { afterAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../../../src/data/dataset.js';
import { Graph } from '../../../src/graph/graph.js';
import { inferShapes } from '../../../src/graph/inferShapes.js';
import { layersOf } from '../../../src/graph/layers.js';
import type { Attribute, Dimension, LocalFunction, Model, ValueInfo } from '../../../src/graph/model.js';
import { intAttribute, Node } from '../../../src/graph/node.js';
import { english } from '../../../src/messages/catalog.js';
import { collectActivationStatistics } from '../../../src/runtime/activationStatistics.js';
import { modelValues } from '../../../src/runtime/observableValues.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import type { ElementType } from '../../../src/tensor/elementType.js';
import { tensorOfArray, type TensorArray } from '../../../src/tensor/tensor.js';
import { runnerPath } from '../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const info = (name: string, elementType: ElementType, shape?: readonly Dimension[]): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType, shape },
});
const body = (value: Graph): Attribute => ({ kind: 'graph', value });
const constant = (name: string, array: TensorArray) =>
  new Node({
    opType: 'Constant',
    name: `make-${name}`,
    inputs: [],
    outputs: [name],
    attributes: new Map<string, Attribute>([['value', { kind: 'tensor', value: tensorOfArray(array) }]]),
  });
const node = (opType: string, inputs: string[], outputs: string[], attributes: Record<string, Attribute> = {}) =>
  new Node({ opType, name: outputs[0], inputs, outputs, attributes: new Map(Object.entries(attributes)) });

function modelOf(graph: Graph, functions: LocalFunction[] = [], domains: string[] = []): Model {
  const opsets = new Map([['', 17], ...domains.map((domain): [string, number] => [domain, 1])]);
  return { irVersion: 8, opsets, metadata: new Map(), functions, graph };
}

/** Samples fed as they are, one at a time. */
function samplesOf(samples: readonly Readonly<Record<string, TensorArray>>[]): Dataset {
  return {
    name: 'samples',
    sampleCount: samples.length,
    inputs: Object.entries(samples[0]!).map(([name, { elementType }]) => ({ name, elementType })),
    stackable: false,
    warnings: [],
    read: async ([sample]) => ({ samples: [sample!], feeds: samples[sample!]! }),
  };
}

const floats = (shape: readonly number[], ...data: number[]): TensorArray => ({
  elementType: 'float32',
  shape,
  data: Float32Array.from(data),
});
const truth = (value: boolean): TensorArray => ({ elementType: 'bool', shape: [], data: Uint8Array.of(Number(value)) });

async function measured(model: Model, samples: readonly Readonly<Record<string, TensorArray>>[], budgetBytes?: number) {
  const values = modelValues(model, layersOf(model), inferShapes(model));
  const seen = values.filter(({ missing }) => !missing);
  const { distributions } = await collectActivationStatistics(
    runtime,
    model,
    { ranges: [], distributions: new Map(seen.map(({ key }) => [key, null])) },
    samplesOf(samples),
    { budgetBytes },
  );
  const missing = Object.fromEntries(
    values.flatMap((value) => (value.missing ? [[value.key, english(value.missing)]] : [])),
  );
  const ranges = Object.fromEntries(
    [...distributions].map(([key, found]) => [key, found && [found.min, found.max, found.count, found.elementType]]),
  );
  return { ranges, missing };
}

/** y = c ? (d ? |x| : -x) + 1 : sum(x), with an If in the branch of an If. */
function branching(): Model {
  const inner = (opType: string, value: string) =>
    new Graph({ name: value, nodes: [node(opType, ['x'], [value])], outputs: [info(value, 'float32')] });
  const then = new Graph({
    name: 'then',
    nodes: [
      constant('one', floats([], 1)),
      node('If', ['d'], ['inner'], { then_branch: body(inner('Abs', 'a')), else_branch: body(inner('Neg', 'a')) }),
      node('Add', ['inner', 'one'], ['sum']),
    ],
    outputs: [info('sum', 'float32')],
  });
  const otherwise = new Graph({
    name: 'else',
    nodes: [node('ReduceSum', ['x'], ['total'], { keepdims: intAttribute(0) })],
    outputs: [info('total', 'float32')],
  });
  return modelOf(
    new Graph({
      name: 'branching',
      nodes: [node('If', ['c'], ['y'], { then_branch: body(then), else_branch: body(otherwise) })],
      inputs: [info('c', 'bool', []), info('d', 'bool', []), info('x', 'float32', ['n'])],
      outputs: [info('y', 'float32')],
    }),
  );
}

describe('values inside subgraphs', () => {
  it('of Ifs in Ifs are those of the runs that computed them, whatever their shapes', async () => {
    const x = floats([3], 1, -2, 4);
    const run = (c: boolean, d: boolean) => ({ c: truth(c), d: truth(d), x });
    const wanted = {
      x: [-2, 4, 12, 'float32'],
      y: [-3, 5, 3 + 3 + 1 + 1, 'float32'],
      'y/then_branch/inner': [-4, 4, 6, 'float32'],
      'y/then_branch/inner/then_branch/a': [1, 4, 3, 'float32'],
      'y/then_branch/inner/else_branch/a': [-4, 2, 3, 'float32'],
      'y/then_branch/sum': [-3, 5, 6, 'float32'],
      'y/else_branch/total': [3, 3, 2, 'float32'],
    };
    const runs = [run(true, true), run(true, false), run(false, true), run(false, false)];
    for (const budget of [undefined, 1]) {
      const { ranges, missing } = await measured(branching(), runs, budget);
      expect(missing).toEqual({});
      expect(ranges).toEqual(wanted);
    }
    expect((await measured(branching(), [run(false, true)])).ranges['y/then_branch/sum']).toBeNull();
  });

  it('of a Loop and a Scan are those of all rounds', async () => {
    const loop = new Graph({
      name: 'loop',
      nodes: [node('Add', ['v', 'x'], ['w']), node('Mul', ['w', 'w'], ['square']), node('Identity', ['c'], ['more'])],
      inputs: [info('i', 'int64', []), info('c', 'bool', []), info('v', 'float32', [2])],
      outputs: [info('more', 'bool'), info('w', 'float32')],
    });
    const scan = new Graph({
      name: 'scan',
      nodes: [node('Neg', ['e'], ['minus']), node('Add', ['s', 'minus'], ['next']), node('Exp', ['s'], ['grown'])],
      inputs: [info('s', 'float32', []), info('e', 'float32', [])],
      outputs: [info('next', 'float32'), info('grown', 'float32')],
    });
    const model = modelOf(
      new Graph({
        name: 'rounds',
        nodes: [
          constant('three', { elementType: 'int64', shape: [], data: BigInt64Array.of(3n) }),
          constant('zeros', floats([2], 0, 0)),
          constant('zero', floats([], 0)),
          node('Loop', ['three', '', 'zeros'], ['y'], { body: body(loop) }),
          node('Scan', ['zero', 'x'], ['last', 'z'], {
            body: body(scan),
            num_scan_inputs: intAttribute(1),
            scan_output_axes: { kind: 'ints', value: [0n] },
          }),
        ],
        inputs: [info('x', 'float32', [2])],
        outputs: [info('y', 'float32'), info('z', 'float32')],
      }),
    );
    const { ranges, missing } = await measured(model, [{ x: floats([2], 1, -2) }]);
    expect(missing).toEqual({});
    expect(ranges).toMatchObject({
      'y/body/w': [-6, 3, 6, 'float32'],
      'y/body/square': [1, 36, 6, 'float32'],
    });
    const [scanKey] = Object.keys(ranges).filter((key) => key.endsWith('body/minus'));
    expect(ranges[scanKey!]).toEqual([-1, 2, 2, 'float32']);
  });

  it('that cannot be collected are listed with the reason', async () => {
    const branch = (opType: string) =>
      new Graph({ name: opType, nodes: [node(opType, ['w'], ['b'])], outputs: [info('b', 'float32')] });
    const loop = new Graph({
      name: 'loop',
      nodes: [
        node('Concat', ['v', 'x'], ['w'], { axis: intAttribute(0) }),
        node('If', ['c'], ['chosen'], { then_branch: body(branch('Abs')), else_branch: body(branch('Neg')) }),
        node('Identity', ['c'], ['more']),
      ],
      inputs: [info('i', 'int64', []), info('c', 'bool', []), info('v', 'float32', [undefined])],
      outputs: [info('more', 'bool'), info('chosen', 'float32')],
    });
    const inFunction: LocalFunction = {
      domain: 'own',
      name: 'Twice',
      opsets: new Map([['', 17]]),
      attributeNames: [],
      attributeDefaults: new Map(),
      graph: new Graph({
        name: 'Twice',
        nodes: [node('Add', ['p', 'p'], ['q'])],
        inputs: [{ name: 'p' }],
        outputs: [{ name: 'q' }],
      }),
    };
    const model = modelOf(
      new Graph({
        name: 'unseen',
        nodes: [
          constant('two', { elementType: 'int64', shape: [], data: BigInt64Array.of(2n) }),
          node('Loop', ['two', '', 'x'], ['y'], { body: body(loop) }),
          new Node({ opType: 'Twice', domain: 'own', name: 'twice', inputs: ['x'], outputs: ['t'] }),
        ],
        inputs: [info('x', 'float32', ['n'])],
        outputs: [info('y', 'float32'), info('t', 'float32')],
      }),
      [inFunction],
      ['own'],
    );
    const { ranges, missing } = await measured(model, [{ x: floats([1], 3) }]);
    expect(Object.keys(ranges).sort()).toEqual(['t', 'x', 'y']);
    expect(ranges.t).toEqual([6, 6, 1, 'float32']);
    expect(missing['y/body/w']).toContain('from round to round');
    expect(missing['y/body/chosen/then_branch/b']).toContain('some rounds of a loop');
    expect(missing.q).toContain('local function Twice');
  });
});

describe('values of the main graph', () => {
  it('of types that no output can have are read as float32, and constants are left out', async () => {
    const model = modelOf(
      new Graph({
        name: 'types',
        nodes: [
          constant('half', floats([1], 0.5)),
          node('Mul', ['half', 'half'], ['quarter']),
          node('Cast', ['x'], ['brain'], { to: intAttribute(16) }),
          node('Cast', ['x'], ['double'], { to: intAttribute(11) }),
          node('Cast', ['x'], ['whole'], { to: intAttribute(7) }),
          node('Cast', ['brain'], ['back'], { to: intAttribute(1) }),
          node('Add', ['back', 'quarter'], ['y']),
        ],
        inputs: [info('x', 'float32', ['n'])],
        outputs: [info('y', 'float32'), info('double', 'float64'), info('whole', 'int64')],
      }),
    );
    const { ranges } = await measured(model, [{ x: floats([2], 1.5, -3) }, { x: floats([1], 8) }]);
    expect(ranges).toEqual({
      x: [-3, 8, 3, 'float32'],
      brain: [-3, 8, 3, 'float32'],
      double: [-3, 8, 3, 'float64'],
      back: [-3, 8, 3, 'float32'],
      y: [-2.75, 8.25, 3, 'float32'],
    });
  });

  it('of operators that Tare does not know are measured where they turn out to be tensors of floats', async () => {
    const model = modelOf(
      new Graph({
        name: 'unknown',
        nodes: [
          new Node({ opType: 'Inverse', domain: 'com.microsoft', name: 'inverse', inputs: ['x'], outputs: ['i'] }),
          node('SequenceConstruct', ['x', 'i'], ['list']),
          node('SequenceLength', ['list'], ['length']),
        ],
        inputs: [info('x', 'float32', [1, 1])],
        outputs: [info('length', 'int64', [])],
      }),
      [],
      ['com.microsoft'],
    );
    const { ranges } = await measured(model, [{ x: floats([1, 1], 4) }]);
    expect(ranges.i).toEqual([0.25, 0.25, 1, 'float32']);
    expect(ranges.list ?? null).toBeNull();
  });
});
