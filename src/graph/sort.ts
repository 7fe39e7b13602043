import { Failure } from '../messages/failure.js';
import type { Graph } from './graph.js';
import type { Node } from './node.js';

/**
 * Puts the nodes of one graph into topological order. Stable: an order that is topological already stays, and a node
 * moves only so far forward as its first reader needs. Linear in nodes and uses.
 * Throws `graph.cycle`.
 */
export function sortTopologically(graph: Graph): void {
  const { order, cycle } = topologicalOrder(graph);
  if (cycle) throw new Failure('graph.cycle', { graph: graph.name, node: cycle.name || cycle.opType });
  if (order.some((node, i) => node !== graph.nodes[i])) graph.reorder(order);
}

/** The nodes, each after those whose values it or its subgraphs read; or a node that lies on a cycle. */
export function topologicalOrder(graph: Graph): { order: Node[]; cycle?: Node } {
  const reads = readsByNode(graph);
  const state = new Map<Node, 'open' | 'done'>();
  const order: Node[] = [];
  for (const root of graph.nodes) {
    if (state.has(root)) continue;
    state.set(root, 'open');
    const stack = [{ node: root, needs: reads.get(root) ?? [], next: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      if (top.next === top.needs.length) {
        state.set(top.node, 'done');
        order.push(top.node);
        stack.pop();
        continue;
      }
      const need = top.needs[top.next++]!;
      if (state.get(need) === 'open') return { order, cycle: need };
      if (state.has(need)) continue;
      state.set(need, 'open');
      stack.push({ node: need, needs: reads.get(need) ?? [], next: 0 });
    }
  }
  return { order };
}

function readsByNode(graph: Graph): Map<Node, Node[]> {
  const reads = new Map<Node, Node[]>();
  for (const node of graph.nodes) {
    const values = [...node.inputs];
    for (const [, subgraph] of node.subgraphs()) values.push(...subgraph.outerValues());
    const producers = values.map((value) => graph.producer(value)).filter((producer) => producer !== undefined);
    reads.set(node, producers);
  }
  return reads;
}
