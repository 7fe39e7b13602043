/** Which values of a model can be seen while it runs, and why others cannot. */
import { modelInputs } from '../data/modelInput.js';
import type { Inference } from '../graph/inference/inference.js';
import type { Layer } from '../graph/layers.js';
import type { Model } from '../graph/model.js';
import type { Node } from '../graph/node.js';
import type { Scope } from '../graph/scope.js';
import { topologicalOrder } from '../graph/sort.js';
import { sentence } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';
import type { ElementType } from '../tensor/elementType.js';
import { elementTypes } from '../tensor/elementType.js';

/** A floating-point value that depends on the inputs of the model: an input, or an output of a layer. */
export interface ModelValue {
  /** Unique in the model: the value's name, inside a subgraph behind the names of what carries it (`If_0/then_branch/x`). */
  readonly key: string;
  readonly value: string;
  /** Which layer it is an output of, in the order of `layersOf`, and which output; -1 for an input of the model. */
  readonly layer: number;
  readonly output: number;
  /** Unknown where the operator is; such a value may turn out to be no floating-point tensor. */
  readonly elementType: ElementType | undefined;
  /** Axes that collecting it puts before its own: one for the rounds of a loop. */
  readonly stackedAxes: number;
  /** Why it cannot be seen. */
  readonly missing?: Message;
}

/**
 * The floating-point values of a model: its inputs, then the outputs of its layers in their order. Constants and what is
 * made of constants alone are left out.
 */
export function modelValues(model: Model, layers: readonly Layer[], inference: Inference): ModelValue[] {
  const constants = constantValues(layers);
  const scopeNames = scopeNamesOf(layers);
  const opset = model.opsets.get('') ?? 1;
  const inputs = modelInputs(model).flatMap(({ name, elementType }): ModelValue[] =>
    elementType === 'other' || elementTypes[elementType].kind !== 'float'
      ? []
      : [{ key: name, value: name, layer: -1, output: -1, elementType, stackedAxes: 0 }],
  );
  const outputs = layers.flatMap(({ node, graph, scope }, layer) =>
    node.outputs.flatMap((value, output): ModelValue[] => {
      if (value === '' || constants.get(graph)?.has(value)) return [];
      const elementType = inference.elementTypeOf(graph, value);
      if (elementType !== undefined && elementTypes[elementType].kind !== 'float') return [];
      const missing = whyUnseen(scope, opset) ?? whyUncollected(scope, value, inference);
      const stackedAxes = owners(scope).filter(isLoop).length;
      const key = (scopeNames.get(scope.graph) ?? '') + value;
      return [{ key, value, layer, output, elementType, stackedAxes, ...(missing ? { missing } : {}) }];
    }),
  );
  return [...inputs, ...outputs];
}

/** The nodes that carry a scope, inmost first. */
function owners(scope: Scope): Node[] {
  const nodes: Node[] = [];
  for (let at: Scope | undefined = scope; at; at = at.parent) if (at.owner) nodes.push(at.owner.node);
  return nodes;
}

const isLoop = (node: Node) => node.is('Loop') || node.is('Scan');

function whyUnseen(scope: Scope, opset: number): Message | undefined {
  if (scope.localFunction) return sentence('activations.missing.function', { function: scope.localFunction.name });
  const carriers = owners(scope);
  const closed = carriers.find((node) => !node.is('If') && !(isLoop(node) && !(node.is('Scan') && opset < 9)));
  if (closed) return sentence('activations.missing.body', { op: closed.opType });
  const loops = carriers.filter(isLoop).length;
  if (loops > 1) return sentence('activations.missing.loop-in-loop');
  if (loops === 1 && !isLoop(carriers[0]!)) return sentence('activations.missing.condition-in-loop');
  return undefined;
}

/** What must be known of a value inside a subgraph, so that the other branch or the next round can agree with it. */
function whyUncollected(scope: Scope, value: string, inference: Inference): Message | undefined {
  const carriers = owners(scope);
  if (carriers.length === 0) return undefined;
  if (inference.elementTypeOf(scope.graph, value) === undefined) return sentence('activations.missing.type');
  const shape = inference.shapeOf(scope.graph, value);
  const isStable = shape?.every((size) => size !== undefined) ?? false;
  return carriers.some(isLoop) && !isStable ? sentence('activations.missing.shape-in-loop') : undefined;
}

function scopeNamesOf(layers: readonly Layer[]): Map<Layer['graph'], string> {
  const names = new Map<Layer['graph'], string>();
  for (const { name, node } of layers) {
    for (const [attribute, body] of node.subgraphs()) names.set(body, `${name}/${attribute}/`);
  }
  return names;
}

/** The values that no input reaches: initializers, Constants, and what is computed from such alone. */
function constantValues(layers: readonly Layer[]): Map<Layer['graph'], ReadonlySet<string>> {
  const constants = new Map<Layer['graph'], Set<string>>();
  for (const { scope } of layers) constantsOf(scope, constants);
  return constants;
}

function constantsOf(scope: Scope, known: Map<Layer['graph'], Set<string>>): ReadonlySet<string> {
  const done = known.get(scope.graph);
  if (done) return done;
  if (scope.parent) constantsOf(scope.parent, known);
  const inputs = new Set(scope.graph.inputs.map(({ name }) => name));
  const own = new Set([...scope.graph.initializers.keys()].filter((name) => scope.parent || !inputs.has(name)));
  known.set(scope.graph, own);
  const isConstant = (value: string) => {
    const graph = scope.definingScope(value)?.graph;
    return graph !== undefined && (known.get(graph)?.has(value) ?? false);
  };
  for (const node of topologicalOrder(scope.graph).order) {
    const read = node.inputs.filter((value) => value !== '');
    const isFixed = node.is('Constant') || (read.length > 0 && read.every(isConstant) && !hasBody(node));
    if (isFixed) for (const value of node.outputs) own.add(value);
  }
  return own;
}

const hasBody = (node: Node) => !node.subgraphs().next().done;
