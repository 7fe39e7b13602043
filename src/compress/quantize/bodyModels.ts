/** The bodies of Ifs and loops as models of their own, whose inputs are the values that they read from outside. */
import { copyGraph } from '../../graph/copy.js';
import { inferShapes } from '../../graph/inferShapes.js';
import type { Inference } from '../../graph/inference/inference.js';
import type { Layer } from '../../graph/layers.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { Names } from '../../graph/names.js';
import type { Scope } from '../../graph/scope.js';
import { scopesOf } from '../../graph/scope.js';

/** A body as a model, and the names of its layers there and in the whole. */
export interface Body {
  readonly scope: Scope;
  readonly model: Model;
  readonly inner: ReadonlyMap<string, string>;
  readonly whole: ReadonlyMap<string, string>;
  /** Constants of the graphs around that it reads, by the names that they have in it. */
  readonly outerConstants: ReadonlyMap<string, string>;
}

/** The bodies of a model, inmost first, those of local functions left out. */
export function bodiesOf(model: Model, layers: readonly Layer[]): Body[] {
  const inference = inferShapes(model);
  const scopes = [...scopesOf(model)].filter(({ parent, localFunction }) => parent && !localFunction);
  return scopes.reverse().map((scope) => bodyOf(scope, model, layers, inference));
}

export function bodyOf(scope: Scope, model: Model, layers: readonly Layer[], inference: Inference): Body {
  const graph = copyGraph(scope.graph);
  const outerConstants = new Map<string, string>();
  const names = new Names(model);
  for (const value of scope.graph.outerValues()) {
    const owner = scope.parent?.definingScope(value)?.graph;
    const constant = owner?.initializers.get(value);
    if (constant) {
      const name = names.value(value);
      outerConstants.set(name, value);
      graph.initializers.set(name, { ...constant, name });
      graph.replaceUses(value, name);
    } else if (owner) {
      const elementType = inference.elementTypeOf(owner, value);
      graph.inputs.push({ name: value, ...(elementType && { type: { kind: 'tensor', elementType } }) });
    }
  }
  // Names of the whole model are taken: a body must not hide what lies around it.
  for (const name of valueNames(model)) if (!graph.valueInfos.has(name)) graph.valueInfos.set(name, { name });
  const body: Model = { ...model, opsets: new Map(model.opsets), metadata: new Map(), functions: [], graph };
  const outer = layers.filter((layer) => layer.graph === scope.graph).map(({ name }) => name);
  const own = layersOf(body).filter((layer) => layer.graph === graph);
  return {
    scope,
    model: body,
    outerConstants,
    inner: new Map(own.map(({ name }, i) => [outer[i]!, name])),
    whole: new Map(own.map(({ name }, i) => [name, outer[i]!])),
  };
}

function* valueNames(model: Model): Generator<string> {
  for (const { graph } of scopesOf(model)) {
    for (const { name } of [...graph.inputs, ...graph.outputs]) yield name;
    yield* graph.initializers.keys();
    for (const node of graph.nodes) yield* node.outputs;
  }
}
