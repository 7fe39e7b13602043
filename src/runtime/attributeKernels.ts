/** Which nodes of a model each kernel of onnxruntime's optimized graph stands for. */
import type { Model } from '../graph/model.js';
import type { Node } from '../graph/node.js';
import type { Scope } from '../graph/scope.js';
import { nodesOf } from '../graph/scope.js';
import { labelsIn } from './labels.js';
import type { KernelTime } from './profileEvents.js';

/** How long a node took in one run, in milliseconds. */
export interface NodeTime {
  readonly milliseconds: number;
  /** `fused`: done by the kernel of `into`, which has the time. `none`: nothing ran for it. */
  readonly kernel: 'own' | 'fused' | 'none';
  readonly into?: Node;
}

export interface Attribution {
  /** One of every node of the model. */
  readonly nodes: ReadonlyMap<Node, NodeTime>;
  /** Milliseconds of kernels that stand for no node: what onnxruntime adds, to convert layouts and types. */
  readonly elsewhereMs: number;
}

/** Operators that onnxruntime inserts, to convert layouts, types and places. */
const conversions = new Set([
  'Transpose',
  'ReorderInput',
  'ReorderOutput',
  'Cast',
  'QuantizeLinear',
  'DequantizeLinear',
  'MemcpyFromHost',
  'MemcpyToHost',
]);

/** Operators that are fused into what comes before them: roundings, activation functions, normalizations. */
const fusedBackward = new Set([
  'QuantizeLinear',
  'Relu',
  'Clip',
  'LeakyRelu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Tanh',
  'BatchNormalization',
]);

/** A blocked convolution or pooling is called after the value it makes. */
const blockedName = /^(.*)_nchwc(?:_token_\d+)?$/;

interface Place {
  readonly node: Node;
  readonly scope: Scope;
  readonly index: number;
}

/**
 * A kernel stands for the nodes whose labels its name has, and for the node whose value it makes (the optimized graph tells)
 * where no label claims that. A node that no kernel stands for was fused into the kernel of its nearest reader, or else of its
 * nearest producer; an activation function the other way round. Of a fused kernel's nodes the weightiest has the time; the rest point to it.
 *
 * @param model The model as it was labelled, or one like it.
 * @param optimized The graph that ran; null where it is not at hand.
 * @param weightOf Tells the chief node of a fused kernel: the multiply-accumulates.
 * @param isFolded Is the node computed from constants alone? Such a node needs no kernel.
 */
export function attributeKernels(
  model: Model,
  kernels: readonly KernelTime[],
  optimized: Model | null,
  weightOf: (node: Node) => number,
  isFolded: (node: Node, scope: Scope) => boolean,
): Attribution {
  const places = [...nodesOf(model)].map(({ node, scope }, index): Place => ({ node, scope, index }));
  const labelled = kernels.map(({ name }) => labelsIn(name).filter((index) => index < places.length));
  const taken = new Set(labelled.flat());
  const makers = new Makers(places, optimized);
  const groups = kernels.map((kernel, i) => {
    const made = makers.of(kernel, labelled[i]!.length > 0).filter((index) => !taken.has(index));
    return { kernel, members: [...new Set([...labelled[i]!, ...made])] };
  });
  const groupsOf = new Map<number, number[]>();
  for (const [group, { members }] of groups.entries())
    for (const member of members) groupsOf.set(member, [...(groupsOf.get(member) ?? []), group]);
  const byNode = new Map(places.map((place) => [place.node, place]));
  for (const place of places) {
    if (groupsOf.has(place.index) || place.node.is('Constant') || isFolded(place.node, place.scope)) continue;
    const ways = fusedBackward.has(place.node.opType) ? [producersOf, readersOf] : [readersOf, producersOf];
    const near = ways.map((way) => nearest(place, byNode, groupsOf, way)).find((group) => group !== undefined);
    if (near !== undefined) groups[near]!.members.push(place.index);
  }
  return times(places, groups, weightOf);
}

function times(
  places: readonly Place[],
  groups: readonly { readonly kernel: KernelTime; readonly members: readonly number[] }[],
  weightOf: (node: Node) => number,
): Attribution {
  const nodes = new Map<Node, NodeTime>(places.map(({ node }) => [node, { milliseconds: 0, kernel: 'none' }]));
  let elsewhereMs = 0;
  for (const { kernel, members } of groups) {
    if (members.length === 0) {
      elsewhereMs += kernel.milliseconds;
      continue;
    }
    const chief = members.reduce((best, each) =>
      weightOf(places[each]!.node) > weightOf(places[best]!.node) ? each : best,
    );
    const { node } = places[chief]!;
    const known = nodes.get(node)!;
    nodes.set(node, {
      milliseconds: (known.kernel === 'own' ? known.milliseconds : 0) + kernel.milliseconds,
      kernel: 'own',
    });
    for (const member of members) {
      const other = places[member]!.node;
      if (other !== node && nodes.get(other)!.kernel === 'none')
        nodes.set(other, { milliseconds: 0, kernel: 'fused', into: node });
    }
  }
  return { nodes, elsewhereMs };
}

/** Finds the nodes of the model whose values kernels make. */
class Makers {
  /** By value, the only node of the model that makes one of that name. */
  readonly #makers = new Map<string, Place | null>();
  readonly #outputs = new Map<string, string[]>();

  constructor(places: readonly Place[], optimized: Model | null) {
    for (const place of places)
      for (const value of place.node.outputs) this.#makers.set(value, this.#makers.has(value) ? null : place);
    if (optimized) this.#readOutputs(optimized);
  }

  of({ name, op }: KernelTime, isLabelled: boolean): number[] {
    const blocked = blockedName.exec(name)?.[1];
    const outputs = [...(this.#outputs.get(keyOf(name, op)) ?? []), ...(blocked === undefined ? [] : [blocked])];
    const makers = outputs.flatMap((value) => this.#makers.get(value) ?? []);
    const isConversion = !isLabelled && conversions.has(op);
    return makers.filter(({ node }) => !isConversion || node.opType === op).map(({ index }) => index);
  }

  /** What a kernel makes, as it is called behind the conversions that onnxruntime inserted. */
  #readOutputs(optimized: Model): void {
    const converted = new Map<string, string>();
    const nodes = [...nodesOf(optimized)].map(({ node }) => node);
    for (const { name = '', opType, inputs, outputs } of nodes)
      if (conversions.has(opType) && labelsIn(name).length === 0) converted.set(inputs[0]!, outputs[0]!);
    for (const node of nodes) {
      const key = keyOf(node.name ?? '', node.opType);
      const outputs = node.outputs.flatMap((value) => [value, converted.get(value) ?? value]);
      this.#outputs.set(key, [...(this.#outputs.get(key) ?? []), ...outputs]);
    }
  }
}

const keyOf = (name: string, op: string) => JSON.stringify([name, op]);

/** The kernel of the nearest node, breadth first, that one stands for. */
function nearest(
  from: Place,
  byNode: ReadonlyMap<Node, Place>,
  groupsOf: ReadonlyMap<number, readonly number[]>,
  neighboursOf: (place: Place) => readonly Node[],
): number | undefined {
  const seen = new Set<Node>([from.node]);
  let ring: Place[] = [from];
  while (ring.length > 0) {
    const next: Place[] = [];
    for (const neighbour of ring.flatMap(neighboursOf)) {
      const place = byNode.get(neighbour);
      if (!place || seen.has(neighbour)) continue;
      const [group] = groupsOf.get(place.index) ?? [];
      if (group !== undefined) return group;
      seen.add(neighbour);
      next.push(place);
    }
    ring = next;
  }
  return undefined;
}

const readersOf = ({ node, scope }: Place): Node[] =>
  node.outputs.flatMap((value) => scope.graph.uses(value).map((use) => use.node));

const producersOf = ({ node, scope }: Place): Node[] =>
  node.inputs.flatMap((value) => scope.graph.producer(value) ?? []);
