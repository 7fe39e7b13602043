import type { Layer } from '../../graph/layers.js';
import type { Node } from '../../graph/node.js';
import type { Scope } from '../../graph/scope.js';
import { largestOf, parametersOf } from '../pairedWeights.js';
import { carriedInput, carriesQuantization } from './quantizationCarriers.js';

/** Where a layer reads a value that depends on the model's inputs. */
export interface Wire {
  /** Which of the node's inputs; -1 where one of its bodies reads the value. */
  readonly input: number;
  /** Position of the layer that makes the value; -1 where it comes from outside: an input of the model or of a body. */
  readonly from: number;
  /** Which output of that layer; of what comes from outside, the position among the inputs. */
  readonly output: number;
}

/**
 * Which layer reads what another makes, as positions in file order, with the nodes that only carry a quantization left
 * out: through them, a layer reads from the layer before.
 */
export interface LayerGraph {
  readonly layers: readonly Layer[];
  /** Of each layer, in the order of its inputs. Inputs that are constants are left out. */
  readonly wires: readonly (readonly Wire[])[];
  /** Of each layer, those that read it, each as often as it does. */
  readonly readers: readonly (readonly number[])[];
  /** Does the layer only carry a quantization? Such have no wires and no readers. */
  readonly carries: readonly boolean[];
}

export function layerGraphOf(layers: readonly Layer[]): LayerGraph {
  const carries = layers.map(carriesQuantization);
  const positions = new Map(layers.map(({ node }, i) => [node, i]));
  const wires = layers.map((layer, i) => (carries[i] ? [] : wiresOf(layer, positions, carries)));
  const readers: number[][] = layers.map(() => []);
  for (const [i, own] of wires.entries()) for (const { from } of own) if (from >= 0) readers[from]!.push(i);
  return { layers, wires, readers, carries };
}

/** The first of the layers that must stand alone between a layer and its readers: its only reader, which reads nothing else. */
export function lonelyReader({ wires, readers, layers }: LayerGraph, position: number): number | undefined {
  const [reader, ...more] = readers[position]!;
  if (reader === undefined || more.length > 0 || wires[reader]!.length !== 1) return undefined;
  const { node, scope } = layers[position]!;
  const sameScope = scope.graph === layers[reader]!.graph;
  return sameScope && !node.outputs.some((value) => scope.graph.isOutput(value)) ? reader : undefined;
}

/** What a layer computes and how large its weight is, without regard to how the weight is stored or turned. */
export function shapeKey(layer: Layer): string {
  const largest = largestOf(parametersOf(layer));
  const sizes = largest ? [...largest.shape].sort((a, b) => a - b) : [];
  return `${familyKey(layer)} ${sizes.join('x')}`;
}

/** What a layer computes, and in what kind of body it lies. */
export function familyKey({ node, scope }: Layer): string {
  return `${scopeKey(scope)} ${node.domain === 'ai.onnx.ml' ? node.domain : ''} ${operatorFamily(node.opType)}`;
}

function scopeKey(scope: Scope): string {
  const path: string[] = [];
  for (let at: Scope | undefined = scope; at?.owner; at = at.parent) path.push(at.owner.attribute);
  return path.join('/') + (scope.localFunction ? `:${scope.localFunction.name}` : '');
}

/** The operator that a quantized form computes. */
export function operatorFamily(opType: string): string {
  const family = opType
    .replace(/^(QLinear|DynamicQuantize)/, '')
    .replace(/(Integer|IntegerToFloat|NBits)$/, '')
    .replace(/^QGemm$/, 'Gemm');
  return family === 'Gemm' ? 'MatMul' : family;
}

function wiresOf(layer: Layer, positions: ReadonlyMap<Node, number>, carries: readonly boolean[]): Wire[] {
  const constant = new Set(layer.weights.map(({ input }) => input));
  const wires: Wire[] = [];
  for (const [input, value] of layer.node.inputs.entries()) {
    if (value === '' || constant.has(input)) continue;
    const source = sourceOf(layer.scope, value, positions, carries);
    if (source) wires.push({ input, ...source });
  }
  for (const [, body] of layer.node.subgraphs()) {
    for (const value of body.outerValues()) {
      const source = sourceOf(layer.scope, value, positions, carries);
      if (source) wires.push({ input: -1, ...source });
    }
  }
  return wires;
}

/** What makes a value, past the nodes that only carry a quantization; undefined for a constant, or a scale that one makes. */
function sourceOf(
  scope: Scope,
  value: string,
  positions: ReadonlyMap<Node, number>,
  carries: readonly boolean[],
): Omit<Wire, 'input'> | undefined {
  const passed = new Set<Node>();
  for (let at = scope.definingScope(value); at; at = at.definingScope(value)) {
    const { graph } = at;
    const node = graph.producer(value);
    if (!node) {
      const position = graph.inputs.findIndex(({ name }) => name === value);
      return graph.initializers.has(value) ? undefined : { from: -1, output: position };
    }
    const position = positions.get(node);
    if (position === undefined || passed.has(node)) return undefined;
    if (!carries[position]) return { from: position, output: node.outputs.indexOf(value) };
    if (node.is('DynamicQuantizeLinear') && node.outputs[0] !== value) return undefined;
    passed.add(node);
    const next = carriedInput({ node, graph });
    if (next === undefined) return undefined;
    value = next;
  }
  return undefined;
}
