/** Random models of values [2, 3] with constants, branches, loops and values read from outside. */
import { seededRandom } from '../../../../fixtures/random.js';
import { Graph } from '../../../../../src/graph/graph.js';
import type { Initializer, Model, ValueInfo } from '../../../../../src/graph/model.js';
import { Node, intAttribute, intsAttribute } from '../../../../../src/graph/node.js';
import { tensorOfArray } from '../../../../../src/tensor/tensor.js';
import { constant, floatInput } from '../smallModels.js';

const shape = [2, 3];

const unary = ['Relu', 'Sigmoid', 'Tanh', 'Identity', 'Neg', 'Softmax', 'Abs', 'Transpose2', 'Reshape', 'Slice2'];
const binary = ['Add', 'Mul', 'Max', 'Concat', 'Where'];

export interface RandomModelOptions {
  readonly nodes: number;
  readonly seed: number;
}

export function randomModel({ nodes, seed }: RandomModelOptions): Model {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let count = 0;
  const fresh = () => `v${count++}`;
  const numbers = () =>
    constant(
      shape,
      Array.from({ length: 6 }, () => random() * 4 - 2),
    );

  /** Adds nodes that read what is visible; gives the values of the graph itself. */
  function fill(into: Node[], initializers: Initializer[], visible: readonly string[], many: number, depth: number) {
    const own: string[] = [];
    const any = () => pick([...visible, ...own, ...own]);
    const weight = () => {
      const name = fresh();
      initializers.push({ name, tensor: numbers() });
      return name;
    };
    for (let i = 0; i < many; i++) {
      const made = fresh();
      const draw = random();
      if (depth > 0 && draw < 0.12) into.push(branch(any, visible, own, made, depth));
      else if (depth > 0 && draw < 0.2) into.push(loop(any, visible, own, made, depth));
      else if (draw < 0.6) into.push(...unaryNodes(pick(unary), any(), made));
      else into.push(...binaryNodes(pick(binary), any(), random() < 0.4 ? weight() : any(), made));
      own.push(made);
    }
    return own;
  }

  function unaryNodes(opType: string, input: string, output: string): Node[] {
    const name = `${opType}_${output}`;
    switch (opType) {
      case 'Transpose2': {
        const between = fresh();
        const attributes = () => new Map([['perm', intsAttribute([1, 0])]]);
        return [
          new Node({ opType: 'Transpose', name, inputs: [input], outputs: [between], attributes: attributes() }),
          new Node({
            opType: 'Transpose',
            name: `${name}_back`,
            inputs: [between],
            outputs: [output],
            attributes: attributes(),
          }),
        ];
      }
      case 'Reshape':
        return [new Node({ opType: 'Reshape', name, inputs: [input, 'shape'], outputs: [output] })];
      case 'Slice2': {
        const between = fresh();
        return [
          new Node({
            opType: 'Concat',
            name: `${name}_twice`,
            inputs: [input, input],
            outputs: [between],
            attributes: new Map([['axis', intAttribute(0)]]),
          }),
          new Node({ opType: 'Slice', name, inputs: [between, 'first', 'last', 'axis'], outputs: [output] }),
        ];
      }
      default:
        return [new Node({ opType, name, inputs: [input], outputs: [output] })];
    }
  }

  function binaryNodes(opType: string, a: string, b: string, output: string): Node[] {
    const name = `${opType}_${output}`;
    if (opType === 'Concat') {
      const between = fresh();
      const attributes = new Map([['axis', intAttribute(0)]]);
      return [
        new Node({ opType, name, inputs: [a, b], outputs: [between], attributes }),
        new Node({
          opType: 'Slice',
          name: `${name}_part`,
          inputs: [between, 'first', 'last', 'axis'],
          outputs: [output],
        }),
      ];
    }
    const inputs = opType === 'Where' ? ['mask', a, b] : [a, b];
    return [new Node({ opType, name, inputs, outputs: [output] })];
  }

  function body(visible: readonly string[], depth: number, inputs: ValueInfo[], first: ValueInfo[], state?: string) {
    const into: Node[] = [];
    const initializers: Initializer[] = [];
    const seen = state === undefined ? visible : [...visible, state, state];
    const own = fill(into, initializers, seen, 1 + Math.floor(random() * 3), depth - 1);
    const outputs = [...first, floatInput(own.at(-1)!, shape)];
    return new Graph({ name: fresh(), nodes: into, initializers, inputs, outputs });
  }

  function branch(any: () => string, visible: readonly string[], own: readonly string[], made: string, depth: number) {
    const seen = [...visible, ...own];
    return new Node({
      opType: 'If',
      name: `If_${made}`,
      inputs: ['yes'],
      outputs: [made],
      attributes: new Map([
        ['then_branch', { kind: 'graph' as const, value: body(seen, depth, [], []) }],
        ['else_branch', { kind: 'graph' as const, value: body(seen, depth, [], []) }],
      ]),
    });
  }

  function loop(any: () => string, visible: readonly string[], own: readonly string[], made: string, depth: number) {
    const [round, go, state, goes] = [fresh(), fresh(), fresh(), fresh()];
    const graph = body(
      [...visible, ...own],
      depth,
      [
        { name: round, type: { kind: 'tensor', elementType: 'int64', shape: [] } },
        { name: go, type: { kind: 'tensor', elementType: 'bool', shape: [] } },
        floatInput(state, shape),
      ],
      [{ name: goes, type: { kind: 'tensor', elementType: 'bool', shape: [] } }],
      state,
    );
    graph.add(new Node({ opType: 'Identity', name: `go_${made}`, inputs: [go], outputs: [goes] }), graph.nodes[0]);
    return new Node({
      opType: 'Loop',
      name: `Loop_${made}`,
      inputs: ['rounds', 'yes', any()],
      outputs: [made],
      attributes: new Map([['body', { kind: 'graph' as const, value: graph }]]),
    });
  }

  const into: Node[] = [];
  const initializers: Initializer[] = [
    { name: 'shape', tensor: constant([2], [2n, 3n]) },
    { name: 'first', tensor: constant([1], [0n]) },
    { name: 'last', tensor: constant([1], [2n]) },
    { name: 'axis', tensor: constant([1], [0n]) },
    { name: 'rounds', tensor: constant([], [2n]) },
    { name: 'yes', tensor: tensorOfArray({ elementType: 'bool', shape: [], data: Uint8Array.of(1) }) },
    {
      name: 'mask',
      tensor: tensorOfArray({ elementType: 'bool', shape, data: Uint8Array.from({ length: 6 }, (_, i) => i % 2) }),
    },
  ];
  const own = fill(into, initializers, ['x', 'y'], nodes, 2);
  const results = [...new Set([own.at(-1)!, pick(own)])];
  const graph = new Graph({
    name: 'random',
    nodes: into,
    initializers,
    inputs: [floatInput('x', shape), floatInput('y', shape)],
    outputs: results.map((name) => floatInput(name, shape)),
  });
  return { irVersion: 8, opsets: new Map([['', 13]]), metadata: new Map(), graph, functions: [] };
}
