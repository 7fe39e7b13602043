import type { Layer } from '../../graph/layers.js';
import type { LocalFunction, Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import { functionKey } from '../../graph/removeDead.js';
import { Scope } from '../../graph/scope.js';
import { topologicalOrder } from '../../graph/sort.js';
import { nestingLimit } from '../../graph/validate.js';
import type { Executions } from './executions.js';
import type { StoredValue, StoredValues } from './storedValues.js';

export interface PeakActivations {
  readonly bytes: number;
  /** The layer that runs at the peak. */
  readonly node: Node;
}

/**
 * The most bytes of activations alive at once, by liveness over the file's order (made topological where it is not): a
 * value lives from its layer to the last that reads it, outputs of the model to the end, inputs from the start. While a
 * node with subgraphs runs, so does the one with the highest peak of its own. Every value has memory of its own: that a
 * Reshape or Relu could work in place is not assumed, so engines that do need less. Null where a size is unknown.
 */
export function peakActivations(model: Model, values: StoredValues, executions: Executions): PeakActivations | null {
  return new Liveness(model, values, executions).peakOf(new Scope(model.graph), 0);
}

/** The name of the layer at the peak. */
export function peakLayerName(peak: PeakActivations | null, layers: readonly Layer[]): string | null {
  return (peak && layers.find(({ node }) => node === peak.node)?.name) ?? null;
}

class Liveness {
  readonly #functions: ReadonlyMap<string, LocalFunction>;

  constructor(
    model: Model,
    private readonly values: StoredValues,
    private readonly executions: Executions,
  ) {
    const keyed = model.functions.map(
      (entry) => [functionKey(entry.domain, entry.name, entry.overload), entry] as const,
    );
    this.#functions = new Map(keyed);
  }

  peakOf(scope: Scope, depth: number): PeakActivations | null {
    if (depth > nestingLimit) return null;
    const { order } = topologicalOrder(scope.graph);
    const sizes = this.#sizes(scope, order);
    if (!sizes) return null;
    const lastUse = this.#lastUses(scope, order);
    const dying = new Map<number, string[]>();
    for (const [value, at] of lastUse) dying.set(at, [...(dying.get(at) ?? []), value]);
    const alive = new Set<string>();
    let bytes = 0;
    const start = (value: string) => {
      if (alive.has(value) || !sizes.has(value)) return;
      alive.add(value);
      bytes += sizes.get(value)!;
    };
    for (const { name } of scope.graph.inputs) start(name);
    let peak: PeakActivations | null = null;
    for (const [at, node] of order.entries()) {
      for (const value of this.#written(scope, node)) start(value);
      const inner = this.#innerPeak(scope, node, depth);
      if (inner === null) return null;
      if (!peak || bytes + inner.bytes > peak.bytes) peak = { bytes: bytes + inner.bytes, node: inner.node };
      for (const value of dying.get(at) ?? []) if (alive.delete(value)) bytes -= sizes.get(value)!;
    }
    return peak;
  }

  #innerPeak(scope: Scope, node: Node, depth: number): PeakActivations | null {
    const callee = this.#functions.get(functionKey(node.domain, node.opType, node.overload));
    const inner = callee ? [new Scope(callee.graph, undefined, undefined, callee)] : scope.within(node);
    let highest: PeakActivations = { bytes: 0, node };
    for (const body of inner) {
      if (this.executions.get(body.graph) === undefined) continue;
      const peak = body.graph.nodes.length > 0 ? this.peakOf(body, depth + 1) : highest;
      if (peak === null) return null;
      if (peak.bytes > highest.bytes) highest = peak;
    }
    return highest;
  }

  /** Bytes of the values that this graph keeps in memory; undefined where one is unknown. */
  #sizes(scope: Scope, order: readonly Node[]): Map<string, number> | undefined {
    const sizes = new Map<string, number>();
    // What a function takes in belongs to its caller.
    const inputs = scope.localFunction && !scope.parent ? [] : scope.graph.inputs.map(({ name }) => name);
    const written = order.flatMap((node) => this.#written(scope, node));
    for (const name of [...inputs.filter((name) => this.#here(scope, name) === name), ...written]) {
      const bytes = this.values.bytes({ name, scope });
      if (bytes === null) return undefined;
      sizes.set(name, bytes);
    }
    return sizes;
  }

  #written(scope: Scope, node: Node): string[] {
    return node.outputs.flatMap((value) => this.#here(scope, value) ?? []);
  }

  /** The value of this graph that holds `value`; undefined for constants and values of other graphs. */
  #here(scope: Scope, value: string): string | undefined {
    const stored: StoredValue | undefined = value === '' ? undefined : this.values.stored(scope, value);
    return stored?.scope.graph === scope.graph ? stored.name : undefined;
  }

  /** By value, the position of the last node that reads it, or makes it where none does; outputs have none. */
  #lastUses(scope: Scope, order: readonly Node[]): Map<string, number> {
    const last = new Map<string, number>();
    for (const [at, node] of order.entries()) {
      const reads = [...node.inputs];
      for (const [, body] of node.subgraphs()) reads.push(...body.outerValues());
      for (const value of [...reads, ...node.outputs]) {
        const here = this.#here(scope, value);
        if (here !== undefined) last.set(here, at);
      }
    }
    for (const { name } of scope.graph.outputs) last.delete(this.#here(scope, name) ?? '');
    return last;
  }
}
