import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../../src/graph/graph.js';
import type { LocalFunction, Model } from '../../../../src/graph/model.js';
import { largeGraph } from '../../../fixtures/largeGraph.js';
import { graph, info, initializer, floats, model, node } from '../../graph/builders.js';
import { atOnce, checkPicture, diagramOf } from './laidOut.js';

/** Edges by names, as `a > b`; an input or output by its own. */
async function edgesOf(of: Model, expanded: readonly string[] | 'all'): Promise<string[]> {
  const { shown, edges } = await (await diagramOf(of)).layOut(expanded, atOnce);
  return edges.map(({ from, to }) => `${shown[from]!.item.name} > ${shown[to]!.item.name}`).sort();
}

async function namesOf(of: Model, expanded: readonly string[] | 'all'): Promise<string[]> {
  const { shown } = await (await diagramOf(of)).layOut(expanded, atOnce);
  return shown.slice(1).map(({ item }) => item.name);
}

const named = (opType: string, name: string, inputs: string[], outputs = [name], domain = '') =>
  node(opType, inputs, outputs, {}, { name, domain });
const body = (inputs: string[], outputs: string[], nodes: Graph['nodes']) =>
  graph({ inputs: inputs.map((each) => info(each)), outputs: outputs.map((each) => info(each)), nodes: [...nodes] });

describe('bodies and functions', () => {
  const withIf = model({
    inputs: [info('c'), info('x')],
    outputs: [info('z')],
    nodes: [
      named('Relu', 'a', ['x']),
      node(
        'If',
        ['c'],
        ['y'],
        { then_branch: body([], ['t'], [named('Neg', 't', ['a'])]), else_branch: body([], ['a'], []) },
        { name: 'choice' },
      ),
      named('Abs', 'z', ['y']),
    ],
  });

  it('lead from the outer value to its reader in a branch, and from what each branch makes to the reader outside', async () => {
    expect(await edgesOf(withIf, [])).toEqual(['a > choice', 'c > choice', 'choice > z', 'x > a', 'z > z']);
    // The else branch passes a value of the graph around it on: it is read by the branch as a whole.
    expect(await edgesOf(withIf, 'all')).toEqual([
      'a > else_branch',
      'a > t',
      'c > choice',
      'else_branch > z',
      't > z',
      'x > a',
      'z > z',
    ]);
  });

  it('join the formal inputs and outputs of a loop with the real ones', async () => {
    const loop = body(
      ['i', 'go', 'v'],
      ['go2', 'w', 'scan'],
      [named('Not', 'go2', ['go']), named('Add', 'w', ['v', 'outer']), named('Neg', 'scan', ['w'])],
    );
    const withLoop = model({
      inputs: [info('n'), info('cond'), info('start'), info('outer')],
      outputs: [info('sum'), info('all')],
      nodes: [
        named('Relu', 'first', ['start'], ['first_value']),
        node('Loop', ['n', 'cond', 'first_value'], ['sum', 'all'], { body: loop }, { name: 'loop' }),
      ],
    });
    expect(await edgesOf(withLoop, 'all')).toEqual([
      'cond > go2',
      'first > w',
      'n > loop',
      'outer > w',
      'scan > all',
      'start > first',
      'w > scan',
      'w > sum',
    ]);
  });

  const localFunction = (name: string, nodes: Graph['nodes']): LocalFunction => ({
    domain: 'local',
    name,
    opsets: new Map([['', 20]]),
    attributeNames: [],
    attributeDefaults: new Map(),
    graph: body(['p', 'q'], ['r'], nodes),
  });
  const call = (name: string, inputs: string[], fn = 'Norm') => named(fn, name, inputs, [name], 'local');

  it('show the body of a function at each call, under ids of its own', async () => {
    const twice = model(
      { inputs: [info('x')], outputs: [info('b')], nodes: [call('a', ['x', '']), call('b', ['a', 'x'])] },
      17,
      { functions: [localFunction('Norm', [named('Neg', 'm', ['p']), named('Add', 'sum', ['m', 'q'], ['r'])])] },
    );
    expect(await edgesOf(twice, 'all')).toEqual(['m > sum', 'm > sum', 'sum > b', 'sum > m', 'x > m', 'x > sum']);
    const diagram = await diagramOf(twice);
    const { shown } = await diagram.layOut('all', atOnce);
    const sums = shown.filter(({ item }) => item.name === 'sum');
    expect(sums).toHaveLength(2);
    expect(new Set(sums.map(({ id }) => id)).size).toBe(2);
    expect(shown[0]!.item.nodes).toBe(6);
    // Layers of the body are revealed at the first call.
    expect(diagram.wayTo(2)!.holders).toEqual([shown.find(({ item }) => item.name === 'a')!.id]);
  });

  it('open no function inside itself, and show one that nobody calls', async () => {
    const recursive = localFunction('Norm', [call('again', ['p', 'q']), named('Neg', 'r', ['again'])]);
    const lonely = localFunction('Lonely', [named('Neg', 'r', ['p'])]);
    const strange = model({ inputs: [info('x')], outputs: [info('a')], nodes: [call('a', ['x', 'x'])] }, 17, {
      functions: [recursive, lonely],
    });
    expect(await namesOf(strange, 'all')).toEqual(['x', 'a', 'again', 'r', 'a', 'Lonely', 'r']);
    checkPicture(await (await diagramOf(strange)).layOut('all', atOnce));
  });

  it('may be nested a thousand deep', async () => {
    let inner = body([], ['v0'], [named('Relu', 'v0', ['x'])]);
    for (let level = 1; level <= 1000; level++) {
      const name = `v${level}`;
      inner = body([], [name], [node('SequenceMap', ['x'], [name], { body: inner }, { name })]);
    }
    inner.inputs.push(info('x'));
    const diagram = await diagramOf(model(inner));
    const { shown, boxes } = await diagram.layOut('all', atOnce);
    expect(shown.filter(({ item }) => item.op === 'SequenceMap')).toHaveLength(1000);
    expect(boxes.every(Number.isFinite)).toBe(true);
    expect(diagram.wayTo(1000)!.holders).toHaveLength(1000);
  });
});

describe('what is an item', () => {
  it('is no constant: neither an initializer, nor a Constant node, nor an input that only gives a weight its default', async () => {
    const constants = model({
      inputs: [info('x'), info('w')],
      outputs: [info('y')],
      initializers: [initializer('w', floats([2]))],
      nodes: [
        node('Constant', [], ['k'], { value: floats([1]) }),
        named('Mul', 'm', ['x', 'w']),
        named('Add', 'y', ['m', 'k']),
      ],
    });
    expect(await namesOf(constants, [])).toEqual(['x', 'm', 'y', 'y']);
  });

  it('shows nodes of an empty model as nothing', async () => {
    const { shown, edges } = await (await diagramOf(model({}))).layOut(null, atOnce);
    expect([shown.length, edges.length]).toEqual([1, 0]);
  });

  it('draws a node that reads itself with a turn at its side', async () => {
    expect(await edgesOf(model({ nodes: [named('Add', 'a', ['a', 'a'])] }), [])).toEqual(['a > a']);
  });

  it('says how many values go between two items beside the first', async () => {
    const split = model({
      inputs: [info('x', [4])],
      outputs: [info('y')],
      nodes: [named('Split', 's', ['x'], ['s0', 's1', 's2']), named('Concat', 'y', ['s0', 's1', 's2'])],
    });
    const { edges } = await (await diagramOf(split)).layOut([], atOnce);
    expect(edges.map(({ values }) => values.length)).toEqual([1, 3, 1]);
  });
});

describe.each(['transformer', 'residual'] as const)('a %s of 8,000 nodes', (kind) => {
  it('shows at once what fits, and all when asked; no frame is large', async () => {
    const diagram = await diagramOf(largeGraph(kind));
    const first = await diagram.layOut(null, atOnce);
    expect(first.shown.length).toBeGreaterThan(10);
    expect(first.shown.length).toBeLessThanOrEqual(301);
    checkPicture(first);
    const whole = await diagram.layOut('all', atOnce);
    expect(whole.shown.filter(({ item }) => item.layer >= 0)).toHaveLength(diagram.nodes);
    expect(Math.max(...whole.shown.map(({ children }) => children.length))).toBeLessThanOrEqual(150);
    // Equal blocks are laid out once.
    expect(diagram.framesLaidOut).toBeLessThan(100);
  });

  it('names blocks, and tells how many are alike', async () => {
    const { shown } = await (await diagramOf(largeGraph(kind, 2000))).layOut(null, atOnce);
    const holders = shown.slice(1).filter(({ expandable }) => expandable);
    expect(holders.every(({ item }) => item.name !== '' && item.detail !== '')).toBe(true);
    expect(Math.max(...holders.map(({ item }) => item.repeats))).toBeGreaterThan(5);
  });
});

describe('a dense block, where each node reads all before it', () => {
  it('leads its longest lines aside, past all nodes, nested ones too', async () => {
    const nodes = Array.from({ length: 60 }, (_, i) =>
      named('Concat', `/block/${i % 2}/n${i}`, ['x', ...Array.from({ length: i }, (_, j) => `v${j}`)], [`v${i}`]),
    );
    const dense = model({ inputs: [info('x')], outputs: [info('v59')], nodes });
    const picture = await (await diagramOf(dense)).layOut('all', atOnce);
    expect(picture.edges).toHaveLength((60 * 59) / 2 + 61);
    checkPicture(picture);
    const inBody = model({
      inputs: [info('x')],
      outputs: [info('y')],
      nodes: [node('SequenceMap', ['x'], ['y'], { body: body(['x'], ['v59'], nodes) }, { name: 'map' })],
    });
    checkPicture(await (await diagramOf(inBody)).layOut('all', atOnce));
  });
});

describe('a chain without scopes', () => {
  it('is cut where one value crosses, into blocks of equal structure', async () => {
    const { shown } = await (await diagramOf(largeGraph('residual', 2000))).layOut('all', atOnce);
    const blocks = shown.filter(({ item }) => item.kind === 'block' && item.children[0]!.kind === 'node');
    expect(blocks.length).toBeGreaterThan(20);
    for (const { item } of blocks) {
      expect(item.frame!.entries.length).toBeLessThanOrEqual(1);
      expect(item.frame!.exits.length).toBeLessThanOrEqual(1);
      expect(item.children.length).toBeGreaterThan(25);
      expect(item.children.length).toBeLessThan(100);
    }
  });
});
