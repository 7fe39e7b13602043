import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyModel } from '../../../src/graph/copy.js';
import { Graph } from '../../../src/graph/graph.js';
import { Names } from '../../../src/graph/names.js';
import { requireOpset } from '../../../src/graph/opsets.js';
import { removeDead } from '../../../src/graph/removeDead.js';
import { nodesOf } from '../../../src/graph/scope.js';
import { sortTopologically } from '../../../src/graph/sort.js';
import { findFaults, validate } from '../../../src/graph/validate.js';
import { floats, graph, info, initializer, model, node } from './builders.js';

const chain = (length: number) =>
  Array.from({ length }, (_, i) => node('Relu', [`v${i}`], [`v${i + 1}`], {}, { name: `n${i}` }));
const useList = (g: Graph, value: string) => g.uses(value).map((use) => [use.node.name, use.index]);

describe('Graph', () => {
  it('keeps producers and uses through edits', () => {
    const [a, b, c] = [
      node('Relu', ['x'], ['a'], {}, { name: 'a' }),
      node('Add', ['a', 'a'], ['b'], {}, { name: 'b' }),
      node('Neg', ['b'], ['c'], {}, { name: 'c' }),
    ];
    const g = graph({ inputs: [info('x')], outputs: [info('c')], nodes: [a!, b!, c!] });
    expect(useList(g, 'a')).toEqual([
      ['b', 0],
      ['b', 1],
    ]);
    const between = node('Identity', ['a'], ['a2'], {}, { name: 'i' });
    g.insertAfter(a!, between);
    g.setInput(b!, 1, 'a2');
    expect(g.nodes.map(({ name }) => name)).toEqual(['a', 'i', 'b', 'c']);
    expect(useList(g, 'a2')).toEqual([['b', 1]]);
    g.setOutput(between, 0, 'a3');
    expect(g.producer('a2')).toBeUndefined();
    g.replaceUses('a2', 'a3');
    expect(b!.inputs).toEqual(['a', 'a3']);
    g.remove(between);
    expect(g.producer('a3')).toBeUndefined();
    expect(useList(g, 'a')).toEqual([['b', 0]]);
    expect(() => g.setInput(between, 0, 'x')).toThrow(RangeError);
  });

  it('keeps its index true to the nodes under random edits', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', '');
    const edit = fc.oneof(
      fc.record({ kind: fc.constant('add'), inputs: fc.array(names, { maxLength: 3 }), output: names, at: fc.nat() }),
      fc.record({ kind: fc.constant('remove'), at: fc.nat() }),
      fc.record({ kind: fc.constant('setInput'), at: fc.nat(), index: fc.nat(3), value: names }),
      fc.record({ kind: fc.constant('setOutput'), at: fc.nat(), value: names }),
      fc.record({ kind: fc.constant('replace'), value: names, replacement: names }),
      fc.record({ kind: fc.constant('inner'), at: fc.nat(), inputs: fc.array(names, { maxLength: 3 }) }),
      fc.record({ kind: fc.constant('innerInitializer'), at: fc.nat(), value: names }),
    );
    type Edit = Partial<Record<'value' | 'replacement' | 'output', string>> &
      Partial<Record<'at' | 'index', number>> & { kind: string; inputs?: string[] };
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 30 }), (edits: Edit[]) => {
        const g = new Graph();
        for (const { kind, at = 0, index = 0, inputs = [], value = '', replacement = '', output = '' } of edits) {
          const target = g.nodes[at % Math.max(1, g.nodes.length)];
          if (kind === 'add') {
            const body = graph({ nodes: [node('Relu', [...inputs], ['y'])], outputs: [info('y')] });
            g.add(node('If', [...inputs], [output], { then_branch: body }), target);
          } else if (kind === 'replace' && value !== '') g.replaceUses(value, replacement || 'z');
          else if (!target) continue;
          else if (kind === 'remove') g.remove(target);
          else if (kind === 'setInput') g.setInput(target, index, value);
          else if (kind === 'setOutput') g.setOutput(target, 0, value);
          else {
            const body = [...target.subgraphs()][0]![1];
            if (kind === 'inner') body.add(node('Neg', [...inputs], []));
            else if (value !== '') body.initializers.set(value, initializer(value, floats([1])));
          }
        }
        for (const value of ['a', 'b', 'c', 'd', 'z', 'y']) {
          const expected = g.nodes.flatMap((each) => {
            const own = each.inputs.flatMap((input, i) => (input === value ? [[each, i] as const] : []));
            const inner = [...each.subgraphs()].some(
              ([, body]) =>
                !body.initializers.has(value) &&
                !body.nodes.some(({ outputs }) => outputs.includes(value)) &&
                body.nodes.some((reader) => reader.inputs.includes(value)),
            );
            return inner ? [...own, [each, -1] as const] : own;
          });
          const actual = g.uses(value).map((use) => [use.node, use.index] as const);
          expect(new Set(actual.map(([n, i]) => `${g.nodes.indexOf(n)}:${i}`))).toEqual(
            new Set(expected.map(([n, i]) => `${g.nodes.indexOf(n)}:${i}`)),
          );
          const producer = g.producer(value);
          const makers = g.nodes.filter(({ outputs }) => outputs.includes(value));
          if (makers.length === 0) expect(producer).toBeUndefined();
          else expect(makers).toContain(producer);
        }
      }),
    );
  });

  it('sees reads that are added and taken deep inside subgraphs', () => {
    const innermost = graph({ nodes: [node('Neg', ['x'], ['y'], {}, { name: 'neg' })], outputs: [info('y')] });
    const middle = graph({ nodes: [node('If', ['c'], ['y'], { then_branch: innermost })], outputs: [info('y')] });
    const g = graph({ nodes: [node('If', ['c'], ['y'], { then_branch: middle }, { name: 'if' })] });
    expect(useList(g, 'x')).toEqual([['if', -1]]);
    innermost.add(node('Add', ['p', 'x'], ['q']));
    expect(useList(g, 'p')).toEqual([['if', -1]]);
    middle.initializers.set('p', initializer('p', floats([1])));
    expect(useList(g, 'p')).toEqual([]);
    g.replaceUses('x', 'x2');
    expect(innermost.nodes.map(({ inputs }) => inputs)).toEqual([['x2'], ['p', 'x2']]);
    expect(useList(g, 'x')).toEqual([]);
    expect(useList(g, 'x2')).toEqual([['if', -1]]);
  });

  it('sees a new output of a subgraph when told', () => {
    const branch = graph({ nodes: [node('Neg', ['x'], ['y'])], outputs: [info('y')] });
    const g = graph({ nodes: [node('If', ['c'], ['r'], { then_branch: branch }, { name: 'if' })] });
    branch.outputs.push(info('p'));
    branch.boundaryChanged();
    expect(useList(g, 'p')).toEqual([['if', -1]]);
  });

  it('replaces a value that a subgraph passes straight out', () => {
    const branch = graph({ outputs: [info('x')] });
    const g = graph({
      inputs: [info('x')],
      outputs: [info('x')],
      nodes: [node('If', ['c'], ['y'], { then_branch: branch })],
    });
    g.replaceUses('x', 'z');
    expect(branch.outputs[0]!.name).toBe('z');
    expect(g.outputs[0]!.name).toBe('x');
  });

  it('keeps the newer producer of a value when the older is removed, and its type', () => {
    const [old, young] = [node('Relu', ['x'], ['y']), node('Relu', ['x'], ['y'])];
    const g = graph({ nodes: [old!], valueInfos: [info('y', [1])] });
    g.insertAfter(old!, young!);
    g.remove(old!);
    expect(g.producer('y')).toBe(young);
    expect(g.valueInfos.has('y')).toBe(true);
    g.remove(young!);
    expect(g.valueInfos.has('y')).toBe(false);
  });
});

describe('sortTopologically', () => {
  it('sorts any shuffle of a graph and leaves a sorted one alone', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(chain(12), { minLength: 12 }), (nodes) => {
        const g = graph({ inputs: [info('v0')], nodes });
        sortTopologically(g);
        expect(g.nodes.map(({ name }) => name)).toEqual(chain(12).map(({ name }) => name));
        const order = g.nodes;
        sortTopologically(g);
        expect(g.nodes).toBe(order);
      }),
    );
  });

  it('counts what subgraphs read and names a node of a cycle', () => {
    const branch = graph({ nodes: [node('Neg', ['late'], ['y'])], outputs: [info('y')] });
    const [first, second] = [node('If', ['c'], ['y'], { then_branch: branch }), node('Relu', ['x'], ['late'])];
    const g = graph({ nodes: [first!, second!] });
    sortTopologically(g);
    expect(g.nodes).toEqual([second, first]);
    g.setInput(second!, 0, 'y');
    expect(() => sortTopologically(g)).toThrow(/cycle through/);
  });
});

describe('a chain of 8,000 nodes and 60 nested subgraphs', () => {
  it('is indexed, sorted, validated, copied and cleaned', () => {
    let body = graph({ nodes: [node('Relu', ['v0'], ['y'])], outputs: [info('y')] });
    for (let i = 0; i < 60; i++) {
      body = graph({ nodes: [node('If', ['v1'], ['y'], { then_branch: body })], outputs: [info('y')] });
    }
    const nodes = [...chain(8000).reverse(), node('If', ['v1'], ['z'], { then_branch: body })];
    const shared = nodes.map((each, i) => node('Mul', [each.outputs[0]!, 'shared'], [`m${i}`]));
    const m = model({
      inputs: [info('v0')],
      outputs: [info('v8000'), info('z')],
      initializers: [initializer('shared', floats([1]))],
      nodes: [...nodes, ...shared],
    });
    validate(m);
    sortTopologically(m.graph);
    expect(m.graph.nodes[0]!.name).toBe('n0');
    const copy = copyModel(m);
    removeDead(copy);
    expect(copy.graph.nodes).toHaveLength(8001);
    expect(copy.graph.initializers.size).toBe(0);
    expect(m.graph.nodes).toHaveLength(16002);
    expect(copy.graph.nodes[0]).not.toBe(m.graph.nodes[0]);
    expect([...nodesOf(copy)]).toHaveLength(8062);
  });
});

describe('findFaults', () => {
  const faults = (m: ReturnType<typeof model>) => [...findFaults(m)].map(({ code, params }) => [code, params]);

  it('finds nothing wrong with a model that is only out of order', () => {
    const branch = graph({ nodes: [node('Neg', ['x'], ['y'])], outputs: [info('y')] });
    const nodes = [node('If', ['b'], ['out'], { then_branch: branch }), node('Relu', ['x'], ['b'])];
    expect(faults(model({ inputs: [info('x')], outputs: [info('out')], nodes }))).toEqual([]);
  });

  it('names values never made, made twice, and missing outputs', () => {
    const branch = graph({ nodes: [node('Neg', ['local'], ['local2'])], outputs: [info('nowhere')] });
    const m = model({
      inputs: [info('x')],
      outputs: [info('out')],
      nodes: [
        node('Relu', ['x'], ['a'], {}, { name: 'first' }),
        node('Relu', ['gone'], ['a'], {}, { name: 'second' }),
        node('If', ['x'], ['i'], { then_branch: branch }, { name: 'if' }),
        node('Relu', ['local2'], ['escaped'], {}, { name: 'outside' }),
      ],
    });
    expect(faults(m)).toEqual([
      ['graph.duplicateValue', { value: 'a', graph: 'test', node: 'second' }],
      ['graph.missingValue', { node: 'second', graph: 'test', value: 'gone' }],
      ['graph.missingValue', { node: 'outside', graph: 'test', value: 'local2' }],
      ['graph.missingOutput', { value: 'out', graph: 'test' }],
      ['graph.missingValue', { node: 'Neg_local2', graph: 'if/then_branch', value: 'local' }],
      ['graph.missingOutput', { value: 'nowhere', graph: 'if/then_branch' }],
    ]);
  });

  it('names cycles, operator sets that are not imported and functions that call themselves', () => {
    const m = model(
      {
        inputs: [info('x')],
        outputs: [info('b')],
        nodes: [
          node('Add', ['x', 'b'], ['a'], {}, { name: 'add' }),
          node('Odd', ['a'], ['b'], {}, { name: 'odd', domain: 'com.example' }),
        ],
      },
      17,
      {
        functions: ['F', 'G'].map((name, i) => ({
          domain: 'own',
          name,
          opsets: new Map([['own', 1]]),
          attributeNames: [],
          attributeDefaults: new Map(),
          graph: graph({ inputs: [info('x')], nodes: [node(['G', 'F'][i]!, ['x'], ['y'], {}, { domain: 'own' })] }),
        })),
      },
    );
    expect(faults(m)).toEqual([
      ['graph.cycle', { graph: 'test', node: 'add' }],
      ['graph.missingOpset', { node: 'odd', domain: 'com.example' }],
      ['graph.recursiveFunction', { function: 'F' }],
    ]);
    expect(() => validate(m)).toThrow(/form a cycle/);
  });

  it('refuses nesting that no runtime reads', () => {
    let body = graph({ outputs: [info('x')] });
    for (let i = 0; i < 5000; i++) body = graph({ nodes: [node('If', ['x'], ['y'], { then_branch: body })] });
    expect(faults(model({ inputs: [info('x')], nodes: body.nodes.slice() }))).toMatchObject([
      ['graph.nestedTooDeep', { limit: 64 }],
    ]);
  });
});

describe('copyModel', () => {
  it('shares tensors and nothing that can be edited', () => {
    const branch = graph({ nodes: [node('Neg', ['x'], ['y'])], outputs: [info('y')] });
    const m = model({
      inputs: [info('x')],
      initializers: [initializer('w', floats([2]))],
      nodes: [node('If', ['x'], ['o'], { then_branch: branch, t: floats([1]) })],
    });
    const copy = copyModel(m);
    expect(copy.graph.initializers.get('w')!.tensor).toBe(m.graph.initializers.get('w')!.tensor);
    const copied = [...copy.graph.nodes[0]!.subgraphs()][0]![1];
    expect(copied).not.toBe(branch);
    copied.setInput(copied.nodes[0]!, 0, 'w');
    copy.graph.inputs[0]!.name = 'renamed';
    copy.opsets.set('', 1);
    expect(branch.nodes[0]!.inputs).toEqual(['x']);
    expect(m.graph.inputs[0]!.name).toBe('x');
    expect(m.opsets.get('')).toBe(17);
    expect(useList(copy.graph, 'w')).toEqual([[undefined, -1]]);
  });
});

describe('removeDead', () => {
  it('removes what nothing reads, backwards, with subgraphs, functions and old-style inputs', () => {
    const branch = graph({
      nodes: [node('Neg', ['feeds'], ['y']), node('Relu', ['w3'], ['dead'])],
      outputs: [info('y')],
    });
    const m = model(
      {
        inputs: [info('x'), info('unused'), info('w1')],
        outputs: [info('out')],
        initializers: ['w1', 'w2', 'w3'].map((name) => initializer(name, floats([1]))),
        valueInfos: [info('a'), info('feeds')],
        nodes: [
          node('Add', ['x', 'w1'], ['a']),
          node('Neg', ['a'], ['b']),
          node('Add', ['x', 'w2'], ['feeds']),
          node('If', ['x'], ['out'], { then_branch: branch }),
        ],
      },
      17,
      {
        functions: [
          {
            domain: 'own',
            name: 'F',
            opsets: new Map(),
            attributeNames: [],
            attributeDefaults: new Map(),
            graph: graph({}),
          },
        ],
      },
    );
    removeDead(m);
    expect(m.graph.nodes.map(({ opType }) => opType)).toEqual(['Add', 'If']);
    expect([...m.graph.initializers.keys()]).toEqual(['w2']);
    expect(m.graph.inputs.map(({ name }) => name)).toEqual(['x', 'unused']);
    expect([...m.graph.valueInfos.keys()]).toEqual(['feeds']);
    expect(branch.nodes.map(({ opType }) => opType)).toEqual(['Neg']);
    expect(m.functions).toEqual([]);
  });
});

describe('Names', () => {
  it('gives names that nothing in the model has', () => {
    const branch = graph({ inputs: [info('inner')], nodes: [node('Neg', ['deep'], ['w_1'], {}, { name: 'n' })] });
    const m = model({
      initializers: [initializer('w', floats([1]))],
      nodes: [node('If', ['c'], ['y'], { b: branch })],
    });
    const names = new Names(m);
    expect([names.value('w'), names.value('w'), names.value('inner'), names.value('deep'), names.value('new')]).toEqual(
      ['w_2', 'w_3', 'inner_1', 'deep_1', 'new'],
    );
    expect([names.node('n'), names.node('n'), names.node('w')]).toEqual(['n_1', 'n_2', 'w']);
  });
});

describe('requireOpset', () => {
  it('imports a domain once and refuses an older version', () => {
    const m = model({}, 12);
    requireOpset(m, 'com.microsoft', 1);
    expect(m.opsets.get('com.microsoft')).toBe(1);
    requireOpset(m, '', 11);
    expect(m.opsets.get('')).toBe(12);
    expect(() => requireOpset(m, '', 13)).toThrow(/version 12 .* 13 is needed/);
  });
});
