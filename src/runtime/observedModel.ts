/** A copy of a model that shows values of its inside as outputs. */
import { copyModel } from '../graph/copy.js';
import type { Graph } from '../graph/graph.js';
import { layersOf } from '../graph/layers.js';
import type { Model } from '../graph/model.js';
import { Names } from '../graph/names.js';
import { intAttribute, intsAttribute, Node } from '../graph/node.js';
import type { Attribute } from '../graph/model.js';
import { Scope } from '../graph/scope.js';
import type { ElementType } from '../tensor/elementType.js';
import { elementTypes } from '../tensor/elementType.js';
import { tensorOf } from '../tensor/tensor.js';
import type { ModelValue } from './observableValues.js';

/** What to see of a value: all of it, or its shape alone (int64; inside a loop a row a round). */
export type View = 'value' | 'shape';

export interface ObservedModel {
  readonly model: Model;
  /** The output that shows each value, by its key. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** Types that onnxruntime's bindings give out. */
const delivered = new Set<ElementType>(['float32', 'float64', 'float16']);

/**
 * Adds the values as outputs. One of an If's branch becomes an output of the If, which is empty where the other branch
 * ran; one of a loop's body becomes an output with an axis for the rounds before its own. The values must be such that
 * can be observed. The given model stays as it is.
 */
export function observedModel(model: Model, values: readonly ModelValue[], view: View = 'value'): ObservedModel {
  const copy = copyModel(model);
  const rewriter = new Rewriter(copy);
  const layers = layersOf(copy);
  const outputs = new Map<string, string>();
  for (const value of values)
    outputs.set(value.key, rewriter.show(value, layers[value.layer]?.scope ?? new Scope(copy.graph), view));
  return { model: copy, outputs };
}

class Rewriter {
  readonly #names: Names;

  constructor(private readonly model: Model) {
    this.#names = new Names(model);
  }

  show({ value, elementType }: ModelValue, scope: Scope, view: View): string {
    const { graph } = scope;
    let type = elementType;
    let name = value;
    if (view === 'shape') {
      name = this.#after(graph, 'Shape', name);
      type = 'int64';
    } else if (type && !delivered.has(type)) {
      name = this.#after(graph, 'Cast', name, new Map([['to', intAttribute(elementTypes.float32.code)]]));
      type = 'float32';
    } else if (scope.parent ? graph.isOutput(name) : graph.isInput(name)) name = this.#after(graph, 'Identity', name);
    for (let at = scope; at.parent && at.owner; at = at.parent) name = this.#lift(at, name, type!);
    const { outputs } = this.model.graph;
    if (!this.model.graph.isOutput(name)) outputs.push({ name });
    return name;
  }

  /** Passes a value of a body on as an output of the node that carries the body, and returns that output's name. */
  #lift({ graph, parent, owner }: Scope, name: string, elementType: ElementType): string {
    const { node } = owner!;
    const outside = this.#names.value(name);
    const isLoop = node.is('Loop');
    const outputs = [...node.outputs];
    while (outputs.length < graph.outputs.length - (isLoop ? 1 : 0)) outputs.push(this.#names.value(name));
    parent!.graph.setOutputs(node, [...outputs, outside]);
    addOutput(graph, name, elementType);
    if (node.is('If')) {
      for (const [, other] of node.subgraphs()) {
        if (other !== graph) addOutput(other, this.#nothing(other, elementType), elementType);
      }
    }
    if (node.is('Scan')) {
      for (const attribute of ['scan_output_axes', 'scan_output_directions']) {
        const given = node.ints(attribute);
        if (given) node.attributes.set(attribute, intsAttribute([...given, 0]));
      }
    }
    return outside;
  }

  #after(graph: Graph, opType: string, input: string, attributes?: Map<string, Attribute>): string {
    const output = this.#names.value(`${input}_${opType}`);
    graph.add(new Node({ opType, name: this.#names.node(output), inputs: [input], outputs: [output], attributes }));
    return output;
  }

  /** A tensor without elements. */
  #nothing(graph: Graph, elementType: ElementType): string {
    const output = this.#names.value('nothing');
    const value = tensorOf(elementType, [0], new Uint8Array(0));
    const attributes = new Map<string, Attribute>([['value', { kind: 'tensor', value }]]);
    graph.add(
      new Node({ opType: 'Constant', name: this.#names.node(output), inputs: [], outputs: [output], attributes }),
    );
    return output;
  }
}

function addOutput(graph: Graph, name: string, elementType: ElementType): void {
  graph.outputs.push({ name, type: { kind: 'tensor', elementType } });
  graph.boundaryChanged();
}
