import type { Graph } from '../../graph/graph.js';
import type { Inference } from '../../graph/inference/inference.js';
import type { LocalFunction, Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import { loopTrips } from '../../graph/operators/control.js';
import { functionKey } from '../../graph/removeDead.js';
import { nestingLimit } from '../../graph/validate.js';

/** How often each graph runs in one run of the model; null where that is unknown. Graphs that never run are absent. */
export type Executions = ReadonlyMap<Graph, number | null>;

/**
 * Of an If, the branch that its condition takes, else the only one whose sizes fit, else the costlier: with more
 * multiply-accumulates, then with more nodes.
 */
export function executionsOf(model: Model, inference: Inference): Executions {
  return new Counter(model, inference).count();
}

class Counter {
  readonly #functions: ReadonlyMap<string, LocalFunction>;
  readonly #counts = new Map<Graph, number | null>();
  readonly #macs = new Map<Graph, number>();

  constructor(
    private readonly model: Model,
    private readonly inference: Inference,
  ) {
    this.#functions = new Map(
      model.functions.map((entry) => [functionKey(entry.domain, entry.name, entry.overload), entry]),
    );
  }

  count(): Executions {
    this.#visit(this.model.graph, 1, 0);
    return this.#counts;
  }

  #visit(graph: Graph, times: number | null, depth: number): void {
    if (depth > nestingLimit) return;
    this.#counts.set(graph, plus(this.#counts.get(graph) ?? 0, times));
    for (const node of graph.nodes) {
      const callee = this.#functions.get(functionKey(node.domain, node.opType, node.overload));
      if (callee) this.#visit(callee.graph, times, depth + 1);
      for (const { body, trips } of this.#bodies(node, graph)) this.#visit(body, multiplied(times, trips), depth + 1);
    }
  }

  /** The subgraphs of a node that run, and how often in one run of the node. */
  #bodies(node: Node, graph: Graph): { body: Graph; trips: number | null }[] {
    const bodies = [...node.subgraphs()].map(([, body]) => body);
    if (node.is('If')) {
      const body = this.#takenBranch(node, graph);
      return body ? [{ body, trips: 1 }] : [];
    }
    if (node.is('Loop') || node.is('Scan')) {
      const trips = node.is('Loop') ? this.#loopTrips(node, graph) : this.#scanTrips(node, graph);
      return bodies.map((body) => ({ body, trips }));
    }
    return bodies.map((body) => ({ body, trips: null }));
  }

  #takenBranch(node: Node, graph: Graph): Graph | undefined {
    const branches = new Map(node.subgraphs());
    const [onTrue, onFalse] = [branches.get('then_branch'), branches.get('else_branch')];
    const condition = this.inference.elementsOf(graph, node.inputs[0] ?? '')?.[0];
    if (!onTrue || !onFalse) return onTrue ?? onFalse;
    if (typeof condition === 'number') return condition ? onTrue : onFalse;
    const [canBeTrue, canBeFalse] = [onTrue, onFalse].map((branch) => this.inference.canRun(branch));
    if (canBeTrue !== canBeFalse) return canBeTrue ? onTrue : onFalse;
    const [macsIfTrue, macsIfFalse] = [this.#macsWithin(onTrue), this.#macsWithin(onFalse)];
    if (macsIfTrue !== macsIfFalse) return macsIfTrue > macsIfFalse ? onTrue : onFalse;
    return onTrue.nodes.length >= onFalse.nodes.length ? onTrue : onFalse;
  }

  #loopTrips(node: Node, graph: Graph): number | null {
    const trips = loopTrips(node, (input) => this.inference.elementsOf(graph, node.inputs[input] ?? '')?.[0]);
    return typeof trips === 'number' ? trips : null;
  }

  #scanTrips(node: Node, graph: Graph): number | null {
    const first = node.inputs.length - node.int('num_scan_inputs', 0);
    const shape = this.inference.shapeOf(graph, node.inputs[first] ?? '') ?? [];
    const length = shape.at(node.ints('scan_input_axes')?.[0] ?? 0);
    return typeof length === 'number' ? length : null;
  }

  /** Multiply-accumulates of a graph and those in it; infinite where one is unknown, which may be the costlier. */
  #macsWithin(graph: Graph, depth = 0): number {
    const known = this.#macs.get(graph);
    if (known !== undefined || depth > nestingLimit) return known ?? 0;
    let macs = 0;
    for (const node of graph.nodes) {
      macs += this.inference.macsOf(node) ?? Infinity;
      const callee = this.#functions.get(functionKey(node.domain, node.opType, node.overload));
      if (callee) macs += this.#macsWithin(callee.graph, depth + 1);
      for (const { body, trips } of this.#bodies(node, graph)) {
        const inner = this.#macsWithin(body, depth + 1);
        macs += inner === 0 ? 0 : inner * (trips ?? Infinity);
      }
    }
    this.#macs.set(graph, macs);
    return macs;
  }
}

const plus = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);
const multiplied = (a: number | null, b: number | null) =>
  a === 0 || b === 0 ? 0 : a === null || b === null ? null : a * b;
