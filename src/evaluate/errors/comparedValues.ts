import type { Graph } from '../../graph/graph.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { LayerGraph } from '../matching/layerGraph.js';
import { lonelyReader } from '../matching/layerGraph.js';
import type { Matching } from '../matching/matchLayers.js';
import { carriedInput, carriesQuantization } from '../matching/quantizationCarriers.js';

/** A value that a layer of a makes, and the value of b that stands for it. */
export interface ComparedValue {
  /** Position among the matches. */
  readonly match: number;
  readonly a: string;
  readonly b: string;
  /** The value before the QuantizeLinear, where `b` is what comes of quantizing it; else `b` itself. */
  readonly unrounded: string;
}

/** Values of bodies, with the graphs that define them. */
export interface ValueInBodies extends Omit<ComparedValue, 'unrounded'> {
  readonly graphA: Graph;
  readonly graphB: Graph;
}

export interface ComparedValues {
  /** In the order of the matches. */
  readonly values: readonly ComparedValue[];
  /** The same of layers in the bodies of control flow, where values have names of their own. */
  readonly inBodies: readonly ValueInBodies[];
  /** Why a matched pair has none, by its position among the matches. */
  readonly missing: ReadonlyMap<number, Message>;
}

/**
 * The outputs of matched layers that stand for each other. Layers that one model alone has and that
 * nothing but their neighbour feeds (a BatchNormalization that was folded, a Clip that the range of the integers does, the
 * second factor) count to the layer before them; so does the rounding of its output to integers.
 */
export function comparedValues(matching: Matching): ComparedValues {
  const values: ComparedValue[] = [];
  const inBodies: ValueInBodies[] = [];
  const missing = new Map<number, Message>();
  const { a, b, partnerOfA, partnerOfB } = matching;
  const positionsA = new Map(a.layers.map((layer, i) => [layer, i]));
  for (const [match, { a: layerA, b: layerB }] of matching.matches.entries()) {
    if (!layerA || !layerB) continue;
    const i = positionsA.get(layerA)!;
    const j = partnerOfA[i]!;
    if ([layerA, layerB].some(({ scope }) => scope.localFunction)) {
      missing.set(match, sentence('evaluate.errors.in-function'));
      continue;
    }
    if (a.carries[i] || b.carries[j]) continue;
    const [lastA, lastB] = [lastOf(a, partnerOfA, i), lastOf(b, partnerOfB, j)];
    const outputs = [a.layers[lastA]!.node.outputs, b.layers[lastB]!.node.outputs] as const;
    for (const [n, value] of outputs[0].entries()) {
      const other = outputs[1][n] ?? '';
      if (value === '' || other === '') continue;
      const [graphA, graphB] = [a.layers[lastA]!.graph, b.layers[lastB]!.graph];
      const found = roundedValue(graphB, other);
      if (!layerA.scope.parent && !layerB.scope.parent) values.push({ match, a: value, ...found });
      else inBodies.push({ match, a: value, b: found.b, graphA, graphB });
    }
  }
  return { values, inBodies, missing };
}

function lastOf(graph: LayerGraph, partners: Int32Array, position: number): number {
  let last = position;
  for (let next = lonelyReader(graph, last); next !== undefined; next = lonelyReader(graph, last)) {
    const { node } = graph.layers[next]!;
    if (partners[next]! >= 0 || node.outputs.filter((value) => value !== '').length !== 1) break;
    last = next;
  }
  return last;
}

/** Follows a value of b to its rounded form, past the nodes that give an integer product its scale. */
function roundedValue(graph: Graph, value: string): Pick<ComparedValue, 'b' | 'unrounded'> {
  let unrounded = value;
  for (let left = graph.nodes.length; left >= 0 && !graph.isOutput(unrounded); left--) {
    const uses = graph.uses(unrounded);
    for (const { node, index } of uses) {
      if (!node.opType.startsWith('QuantizeLinear') || index !== 0) continue;
      const reader = graph.uses(node.outputs[0] ?? '').find((use) => use.index === 0 && isDequantizer(use.node.opType));
      if (reader) return { b: reader.node.outputs[0]!, unrounded };
    }
    const [use, ...more] = uses;
    if (!use || more.length > 0 || !givesScale({ node: use.node, graph }, unrounded)) break;
    unrounded = use.node.outputs[0]!;
  }
  return { b: unrounded, unrounded };
}

const isDequantizer = (opType: string): boolean => opType === 'DequantizeLinear';

function givesScale(at: Parameters<typeof carriesQuantization>[0], value: string): boolean {
  const { node } = at;
  return (node.is('Cast') || node.is('Mul')) && carriesQuantization(at) && carriedInput(at) === value;
}
