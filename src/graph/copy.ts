import { Graph } from './graph.js';
import type { Attribute, LocalFunction, Model } from './model.js';
import { Node } from './node.js';

/** A model that can be edited without touching the first. Tensors, and with them all bytes, are shared. */
export function copyModel(model: Model): Model {
  return {
    ...model,
    opsets: new Map(model.opsets),
    metadata: new Map(model.metadata),
    graph: copyGraph(model.graph),
    functions: model.functions.map(copyFunction),
  };
}

export function copyGraph(graph: Graph): Graph {
  return new Graph({
    name: graph.name,
    docString: graph.docString,
    nodes: graph.nodes.map(copyNode),
    inputs: graph.inputs.map((info) => ({ ...info })),
    outputs: graph.outputs.map((info) => ({ ...info })),
    valueInfos: [...graph.valueInfos.values()].map((info) => ({ ...info })),
    initializers: [...graph.initializers.values()].map((entry) => ({ ...entry })),
    metadata: graph.metadata && new Map(graph.metadata),
    carried: graph.carried,
  });
}

/** A node with the same inputs, outputs and name, in no graph yet; its subgraphs are copies. */
export function copyNode(node: Node): Node {
  return new Node({
    ...node,
    inputs: [...node.inputs],
    outputs: [...node.outputs],
    attributes: copyAttributes(node.attributes),
    metadata: node.metadata && new Map(node.metadata),
  });
}

function copyFunction(entry: LocalFunction): LocalFunction {
  return {
    ...entry,
    opsets: new Map(entry.opsets),
    attributeNames: [...entry.attributeNames],
    attributeDefaults: copyAttributes(entry.attributeDefaults),
    graph: copyGraph(entry.graph),
  };
}

function copyAttributes(attributes: ReadonlyMap<string, Attribute>): Map<string, Attribute> {
  return new Map([...attributes].map(([name, attribute]) => [name, copyAttribute(attribute)]));
}

function copyAttribute(attribute: Attribute): Attribute {
  if (attribute.kind === 'graph') return { ...attribute, value: copyGraph(attribute.value) };
  if (attribute.kind === 'graphs') return { ...attribute, value: attribute.value.map(copyGraph) };
  return attribute;
}
