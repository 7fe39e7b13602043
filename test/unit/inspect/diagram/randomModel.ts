import type { Graph } from '../../../../src/graph/graph.js';
import type { Attribute, LocalFunction, Model } from '../../../../src/graph/model.js';
import type { Node } from '../../../../src/graph/node.js';
import { seededRandom } from '../../../fixtures/random.js';
import { graph, info, model, node } from '../../graph/builders.js';

export interface RandomModelOptions {
  readonly seed: number;
  /** Nodes of the main graph. */
  readonly nodes: number;
  readonly bodies?: boolean;
  readonly functions?: boolean;
  /** Nodes that read what is made after them, or what nobody makes. */
  readonly broken?: boolean;
}

const scopes = ['encoder', 'decoder', 'layer.0', 'layer.1', 'attention', '0', '1', 'mlp'];
const operators = ['Relu', 'Conv', 'Add', 'Sigmoid', 'MatMul'];

/** A model of random wiring, with names whose scopes run over stretches of nodes, as exporters write them. */
export function randomModel(options: RandomModelOptions): Model {
  const random = seededRandom(options.seed);
  const functions = options.functions
    ? [localFunction('Inner', random, []), localFunction('Outer', random, ['Inner'])]
    : [];
  const calls = functions.map(({ name }) => name);
  const main = randomGraph(random, { ...options, calls, inputs: ['x', 'y'], outer: [], level: 0, prefix: '' });
  return model(main, 17, { functions });
}

interface GraphOptions extends Omit<RandomModelOptions, 'seed'> {
  readonly calls: readonly string[];
  readonly inputs: readonly string[];
  /** Values of the graphs around. */
  readonly outer: readonly string[];
  readonly level: number;
  readonly prefix: string;
}

function randomGraph(random: () => number, options: GraphOptions): Graph {
  const { nodes: count, inputs, outer, prefix } = options;
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const values = [...inputs];
  const nodes: Node[] = [];
  let path: string[] = [];
  for (let i = 0; i < count; i++) {
    if (random() < 0.3) path = random() < 0.5 ? path.slice(0, -1) : [...path, pick(scopes)].slice(-3);
    const name = `${prefix}/${[...path, `op_${i}`].join('/')}`;
    const output = `${prefix}v${i}`;
    const recent = random() < 0.7 ? values.slice(-3) : [...values, ...outer];
    const reads = Array.from({ length: 1 + below(3) }, () => (recent.length > 0 ? pick(recent) : ''));
    if (options.broken && random() < 0.1) reads.push(random() < 0.5 ? `${prefix}v${below(count)}` : 'nowhere');
    const kind = random();
    if (options.bodies && options.level < 3 && kind < 0.12) {
      const inner = (branch: string) =>
        randomGraph(random, {
          ...options,
          nodes: below(6),
          inputs: kind < 0.04 ? [`${output}_${branch}_in`] : [],
          outer: [...values, ...outer],
          level: options.level + 1,
          prefix: `${output}_${branch}_`,
        });
      const body = (branch: string): Attribute => ({ kind: 'graph', value: inner(branch) });
      const attributes: Record<string, Attribute> =
        kind < 0.04 ? { body: body('body') } : { then_branch: body('then'), else_branch: body('else') };
      nodes.push(node(kind < 0.04 ? 'Scan' : 'If', reads, [output], attributes, { name }));
    } else if (options.calls.length > 0 && kind > 0.9) {
      nodes.push(node(pick(options.calls), reads, [output], {}, { name, domain: 'local' }));
    } else {
      const outputs = random() < 0.2 ? [output, `${output}_b`] : [output];
      nodes.push(node(pick(operators), reads, outputs, {}, { name }));
    }
    values.push(output);
  }
  const made = values.at(-1) ?? outer.at(-1) ?? 'nothing';
  return graph({ inputs: inputs.map((each) => info(each)), outputs: [info(made)], nodes });
}

function localFunction(name: string, random: () => number, calls: readonly string[]): LocalFunction {
  const body = randomGraph(random, { nodes: 5, calls, inputs: ['p', 'q'], outer: [], level: 1, prefix: name });
  return {
    domain: 'local',
    name,
    opsets: new Map([['', 20]]),
    attributeNames: [],
    attributeDefaults: new Map(),
    graph: body,
  };
}
