import { Failure } from '../messages/failure.js';
import type { LocalFunction, Model } from './model.js';
import type { Node } from './node.js';
import { functionKey } from './removeDead.js';
import { nodesWithin, outermostScopes, Scope } from './scope.js';
import { topologicalOrder } from './sort.js';

/** Levels of subgraphs in subgraphs. Protobuf's own limit lets onnxruntime read about 30. */
export const nestingLimit = 64;

/** Throws the first failure that `findFaults` finds. */
export function validate(model: Model): void {
  for (const fault of findFaults(model)) throw fault;
}

/**
 * What makes a model impossible to run, whatever the operators do: values made twice or never, cycles, operator sets
 * that are not imported, recursive functions, bottomless nesting. Nodes need not be in topological order. Linear time.
 */
export function* findFaults(model: Model): Generator<Failure> {
  const deep = tooDeep(model);
  if (deep) {
    yield deep;
    return;
  }
  for (const outermost of outermostScopes(model)) {
    const opsets = outermost.localFunction?.opsets ?? model.opsets;
    for (const scope of scopesWithin(outermost)) {
      yield* duplicates(scope);
      yield* missingValues(scope);
      const { cycle } = topologicalOrder(scope.graph);
      if (cycle) yield new Failure('graph.cycle', { graph: graphName(scope), node: nodeName(cycle) });
    }
    yield* missingOpsets(model, outermost, opsets);
  }
  yield* recursions(model);
}

function tooDeep(model: Model): Failure | undefined {
  const stack = outermostScopes(model).map((scope) => ({ scope, depth: 0 }));
  for (let top = stack.pop(); top; top = stack.pop()) {
    for (const node of top.scope.graph.nodes) {
      for (const scope of top.scope.within(node)) {
        if (top.depth === nestingLimit) {
          return new Failure('graph.nestedTooDeep', { node: nodeName(node), limit: nestingLimit });
        }
        stack.push({ scope, depth: top.depth + 1 });
      }
    }
  }
  return undefined;
}

function* scopesWithin(outermost: Scope): Generator<Scope> {
  const seen = new Set([outermost.graph]);
  yield outermost;
  for (const { node, scope } of nodesWithin(outermost)) {
    for (const inner of scope.within(node)) {
      if (seen.has(inner.graph)) continue;
      seen.add(inner.graph);
      yield inner;
    }
  }
}

function* duplicates(scope: Scope): Generator<Failure> {
  const { graph } = scope;
  const made = new Set(graph.initializers.keys());
  const inputs = new Set<string>();
  for (const { name } of graph.inputs) {
    if (inputs.has(name)) {
      yield new Failure('graph.duplicateValue', { value: name, graph: graphName(scope), node: 'an input' });
    }
    inputs.add(name);
    made.add(name);
  }
  for (const node of graph.nodes) {
    for (const value of node.outputs) {
      if (value === '') continue;
      if (made.has(value)) {
        yield new Failure('graph.duplicateValue', { value, graph: graphName(scope), node: nodeName(node) });
      }
      made.add(value);
    }
  }
}

function* missingValues(scope: Scope): Generator<Failure> {
  const { graph } = scope;
  for (const node of graph.nodes) {
    for (const value of node.inputs) {
      if (value === '' || scope.definingScope(value)) continue;
      yield new Failure('graph.missingValue', { node: nodeName(node), graph: graphName(scope), value });
    }
  }
  for (const { name } of graph.outputs) {
    if (scope.definingScope(name)) continue;
    yield new Failure('graph.missingOutput', { value: name, graph: graphName(scope) });
  }
}

function* missingOpsets(model: Model, outermost: Scope, opsets: ReadonlyMap<string, number>): Generator<Failure> {
  const functionDomains = new Set(model.functions.map((entry) => entry.domain));
  const reported = new Set<string>();
  for (const { node } of nodesWithin(outermost)) {
    const { domain } = node;
    if (opsets.has(domain) || functionDomains.has(domain) || reported.has(domain)) continue;
    reported.add(domain);
    yield new Failure('graph.missingOpset', { node: nodeName(node), domain: domain || 'ai.onnx' });
  }
}

function* recursions(model: Model): Generator<Failure> {
  const byKey = new Map(model.functions.map((entry) => [functionKey(entry.domain, entry.name, entry.overload), entry]));
  const state = new Map<LocalFunction, 'open' | 'done'>();
  for (const root of model.functions) {
    if (state.has(root)) continue;
    state.set(root, 'open');
    const stack = [{ entry: root, calls: calledFrom(root, byKey), next: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const callee = top.calls[top.next++];
      if (!callee) {
        state.set(top.entry, 'done');
        stack.pop();
      } else if (state.get(callee) === 'open') {
        yield new Failure('graph.recursiveFunction', { function: callee.name });
      } else if (!state.has(callee)) {
        state.set(callee, 'open');
        stack.push({ entry: callee, calls: calledFrom(callee, byKey), next: 0 });
      }
    }
  }
}

function calledFrom(entry: LocalFunction, byKey: ReadonlyMap<string, LocalFunction>): LocalFunction[] {
  const calls = new Set<LocalFunction>();
  for (const { node } of nodesWithin(new Scope(entry.graph))) {
    const callee = byKey.get(functionKey(node.domain, node.opType, node.overload));
    if (callee) calls.add(callee);
  }
  return [...calls];
}

function nodeName(node: Node): string {
  return node.name || `${node.opType}_${node.outputs[0] ?? ''}`;
}

function graphName(scope: Scope): string {
  if (scope.owner) return `${nodeName(scope.owner.node)}/${scope.owner.attribute}`;
  return scope.localFunction?.name ?? (scope.graph.name || 'the graph');
}
