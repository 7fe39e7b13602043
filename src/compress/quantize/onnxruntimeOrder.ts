import type { Graph } from '../../graph/graph.js';
import type { Node } from '../../graph/node.js';
import { Failure } from '../../messages/failure.js';

/**
 * Puts the nodes into the order in which onnxruntime's quantizer writes them (onnx_model.py, topological_sort): first
 * what reads nothing, then, by name of initializer or graph input, what reads only those, then what becomes ready as
 * each is passed. Throws a Failure where a node reads what nothing makes any more, as it fails there. Graphs whose subgraphs read values of the graph around them can come out wrong, as there.
 */
export function sortLikeOnnxruntime(graph: Graph): void {
  const waiting = new Map<Node, number>();
  const readers = new Map<string, Node[]>();
  const order: Node[] = [];
  for (const node of graph.nodes) {
    const reads = node.inputs.filter((value) => value !== '');
    waiting.set(node, reads.length);
    if (reads.length === 0) order.push(node);
    for (const value of reads) {
      const nodes = readers.get(value);
      if (nodes) nodes.push(node);
      else readers.set(value, [node]);
    }
  }
  const pass = (value: string) => {
    for (const node of readers.get(value) ?? []) {
      const left = (waiting.get(node) ?? 0) - 1;
      waiting.set(node, left);
      if (left === 0) order.push(node);
    }
  };
  const given = new Set([...graph.initializers.keys(), ...graph.inputs.map((info) => info.name)]);
  [...given].sort(byCodePoints).forEach(pass);
  for (let next = 0; next < order.length; next++) order[next]?.outputs.forEach(pass);
  const placed = new Set(order);
  const left = graph.nodes.find((node) => !placed.has(node));
  if (left) throw new Failure('compress.quantize.reference-fails', { layer: left.name || left.opType });
  graph.reorder(order);
}

function byCodePoints(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  for (const [i, character] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
