import { sentence } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';
import { elementCount } from '../tensor/elementType.js';
import { residentNumbers } from '../tensor/numbers.js';
import type { Tensor } from '../tensor/tensor.js';
import { constantNodeTensor } from './constants.js';
import type { Graph } from './graph.js';
import { Declarations } from './inference/declarations.js';
import { Environment } from './inference/environment.js';
import type { Fact, Shape } from './inference/fact.js';
import { mergeFacts, mostElements, tidyFact } from './inference/fact.js';
import type { UnresolvedNode } from './inference/inference.js';
import { Inference } from './inference/inference.js';
import { RuleContext, Unresolved, isContradiction } from './inference/rule.js';
import type { Size } from './inference/size.js';
import { add, anonymous } from './inference/size.js';
import type { Dimension, LocalFunction, Model, SparseTensor, ValueInfo } from './model.js';
import type { Node } from './node.js';
import type { Operator } from './operators/operator.js';
import { operatorOf } from './operators.js';
import { functionKey } from './removeDead.js';
import { topologicalOrder } from './sort.js';
import { nestingLimit } from './validate.js';

export interface InferenceOptions {
  /** Shapes of graph inputs by name, instead of those in the file. Symbols of the file take their sizes from them. */
  readonly inputShapes?: ReadonlyMap<string, readonly Dimension[]>;
  /** Sizes of symbols. */
  readonly symbols?: ReadonlyMap<string, number>;
}

/**
 * Types and shapes of all values of a model, in subgraphs and local functions too, and what each node costs. Symbolic
 * dimensions stay symbolic; what cannot be inferred is listed, never thrown. Reads no tensor that is not in memory.
 */
export function inferShapes(model: Model, options: InferenceOptions = {}): Inference {
  return new Inferrer(model, options).run();
}

class Inferrer {
  readonly #functions: ReadonlyMap<string, LocalFunction>;
  readonly #declarations: Declarations;
  readonly #facts = new Map<Graph, Map<string, Fact>>();
  readonly #parents = new Map<Graph, Graph>();
  readonly #orders = new Map<Graph, readonly Node[]>();
  readonly #macs = new Map<Node, Size | undefined>();
  readonly #graphMacs = new Map<Graph, Size | undefined>();
  readonly #unresolved = new Map<Node, UnresolvedNode>();
  /** Graphs in which sizes contradict each other. */
  readonly #contradictory = new Set<Graph>();
  #anonymous = 0;

  constructor(
    private readonly model: Model,
    { inputShapes = new Map(), symbols = new Map() }: InferenceOptions,
  ) {
    const keyed = model.functions.map(
      (entry) => [functionKey(entry.domain, entry.name, entry.overload), entry] as const,
    );
    this.#functions = new Map(keyed);
    this.#declarations = new Declarations(model, inputShapes, symbols, this.#fresh);
  }

  run(): Inference {
    const { graph, opsets } = this.model;
    this.#inferGraph(new Environment(graph, opsets), (info) => this.#declarations.input(info));
    this.#inferUncalledFunctions();
    return new Inference(
      this.#facts,
      this.#parents,
      this.#macs,
      this.#graphMacs.get(graph),
      [...this.#unresolved.values()],
      this.#contradictory,
    );
  }

  readonly #fresh = (): Size => anonymous(this.#anonymous++);

  /** Functions that nothing calls are listed among the layers all the same. */
  #inferUncalledFunctions(): void {
    for (const { graph, opsets, attributeDefaults } of this.model.functions) {
      if (!this.#facts.has(graph)) {
        this.#inferGraph(new Environment(graph, opsets, undefined, attributeDefaults), () => ({}));
      }
    }
  }

  #inferGraph(environment: Environment, input: (info: ValueInfo, index: number) => Fact): Fact[] {
    const { graph, facts } = environment;
    for (const [index, info] of graph.inputs.entries()) facts.set(info.name, input(info, index));
    for (const { name, tensor, sparse } of graph.initializers.values()) facts.set(name, constantFact(tensor, sparse));
    const outputs = new Map(graph.outputs.map((info) => [info.name, info]));
    let macs: Size | undefined = 0;
    this.#contradictory.delete(graph);
    for (const node of this.#order(graph)) {
      const cost = this.#inferNode(node, environment, outputs);
      macs = macs === undefined || cost === undefined ? undefined : add(macs, cost);
    }
    this.#graphMacs.set(graph, macs);
    this.#keep(environment);
    return graph.outputs.map((info) => this.#declarations.complete(environment.get(info.name), info));
  }

  #order(graph: Graph): readonly Node[] {
    const known = this.#orders.get(graph);
    if (known) return known;
    const { order } = topologicalOrder(graph);
    this.#orders.set(graph, order);
    return order;
  }

  /** Of a function that is called several times, what holds in all calls; of a loop's body, the last round. */
  #keep({ graph, facts, parent }: Environment): void {
    const before = parent ? undefined : this.#facts.get(graph);
    const kept = before
      ? [...facts].map(([name, fact]) => [name, mergeFacts(before.get(name) ?? {}, fact, this.#fresh)] as const)
      : facts;
    this.#facts.set(graph, new Map(kept));
    if (parent) this.#parents.set(graph, parent.graph);
  }

  /** Sets the facts of a node's outputs and returns its cost. */
  #inferNode(written: Node, environment: Environment, graphOutputs: ReadonlyMap<string, ValueInfo>): Size | undefined {
    const node = environment.bind(written);
    const inputs = node.inputs.map((value) => (value === '' ? {} : environment.get(value)));
    const first = this.#anonymous;
    const { facts, macs, reason, ownMacs } = this.#apply(node, inputs, environment);
    const invented = this.#anonymous > first;
    let isPartial = false;
    for (const [i, value] of node.outputs.entries()) {
      if (value === '') continue;
      const info = environment.graph.valueInfos.get(value) ?? graphOutputs.get(value);
      const fact = tidyFact(this.#declarations.complete(facts[i] ?? {}, info), this.#fresh);
      environment.facts.set(value, fact);
      isPartial ||= !fact.shape || (invented && hasNewSize(fact, first));
    }
    this.#macs.set(written, ownMacs);
    if ((reason && isContradiction(reason)) || this.#hasNoBodyToRun(node)) this.#contradictory.add(environment.graph);
    this.#note(written, environment.graph, isPartial, reason);
    return macs;
  }

  #hasNoBodyToRun(node: Node): boolean {
    const bodies = [...node.subgraphs()];
    return bodies.length > 0 && bodies.every(([, body]) => this.#contradictory.has(body));
  }

  #note(node: Node, graph: Graph, isPartial: boolean, reason: Message | undefined): void {
    const known = this.#unresolved.get(node)?.reason;
    if (!isPartial) this.#unresolved.delete(node);
    else this.#unresolved.set(node, { node, graph, reason: reason ?? known ?? sentence('graph.unresolved.sizes') });
  }

  #apply(node: Node, inputs: readonly Fact[], environment: Environment): Applied {
    if (node.is('Constant')) {
      const held = constantNodeTensor(node);
      return { facts: held ? [constantFact(held.tensor, held.sparse)] : [], macs: 0, ownMacs: 0 };
    }
    const callee = this.#functions.get(functionKey(node.domain, node.opType, node.overload));
    if (callee) return this.#call(callee, node, inputs, environment);
    const operator = operatorOf(node);
    if (!operator) return unknown(sentence('graph.unresolved.operator', { op: node.opType }));
    const opset = environment.opsets.get(node.domain) ?? 1;
    const context = new RuleContext(
      node,
      opset,
      inputs,
      [],
      this.#fresh,
      (body, values) => this.#inferBody(environment, body, values),
      (body) => this.#bodyMacs(body),
      (body) => !this.#contradictory.has(body),
    );
    const { facts, reason } = operator.facts ? controlFacts(operator, context) : plainFacts(operator, context);
    context.outputs = facts;
    const macs = costOf(operator, context);
    return { facts, reason, macs, ownMacs: operator.facts ? 0 : macs };
  }

  #call(callee: LocalFunction, node: Node, inputs: readonly Fact[], environment: Environment): Applied {
    if (environment.depth >= nestingLimit) return unknown(sentence('graph.unresolved.recursion'));
    const inner = environment.calling(callee, node);
    const facts = this.#inferGraph(inner, (_info, index) => inputs[index] ?? {});
    return { facts, macs: this.#graphMacs.get(callee.graph), ownMacs: 0 };
  }

  #inferBody(environment: Environment, body: Graph, values: readonly Fact[]): Fact[] {
    if (environment.depth >= nestingLimit) throw new Unresolved(sentence('graph.unresolved.recursion'));
    return this.#inferGraph(environment.within(body), (info, index) =>
      this.#declarations.complete(values[index] ?? {}, info),
    );
  }

  #bodyMacs(body: Graph): Size {
    const macs = this.#graphMacs.get(body);
    if (macs === undefined) throw new Unresolved(sentence('graph.unresolved.sizes'));
    return macs;
  }
}

interface Applied {
  readonly facts: readonly Fact[];
  readonly reason?: Message;
  /** With subgraphs and called functions; undefined where unknown. */
  readonly macs: Size | undefined;
  readonly ownMacs: Size | undefined;
}

const unknown = (reason: Message): Applied => ({ facts: [], reason, macs: undefined, ownMacs: undefined });

function plainFacts(operator: Operator, context: RuleContext): { facts: Fact[]; reason?: Message } {
  const types = operator.types?.(context) ?? [context.type(0)];
  const typeOf = (output: number) => types[output] ?? types.at(-1);
  const untyped = context.node.outputs.map((_, i): Fact => ({ elementType: typeOf(i) }));
  if (!operator.shapes) {
    return { facts: untyped, reason: sentence('graph.unresolved.operator', { op: context.node.opType }) };
  }
  const { value: shapes, reason } = attempt(() => possible(operator.shapes!(context)));
  const facts = untyped.map((fact, i): Fact => ({ ...fact, shape: shapes?.[i] }));
  context.outputs = facts;
  const { value: elements } = attempt(() => operator.elements?.(context));
  if (elements && facts[0]) facts[0] = { ...facts[0], elements };
  return { facts, reason };
}

/** Throws `Unresolved` for sizes that no tensor has: they come of attributes and inputs that contradict each other. */
function possible(shapes: readonly (Shape | undefined)[]): readonly (Shape | undefined)[] {
  for (const size of shapes.flatMap((shape) => shape ?? [])) {
    if (typeof size === 'number' && !(Number.isSafeInteger(size) && size >= 0)) {
      throw new Unresolved(sentence('graph.unresolved.impossible', { size }));
    }
  }
  return shapes;
}

function controlFacts(operator: Operator, context: RuleContext): { facts: readonly Fact[]; reason?: Message } {
  const { value, reason } = attempt(() => operator.facts!(context));
  return { facts: value ?? [], reason };
}

function costOf(operator: Operator, context: RuleContext): Size | undefined {
  return operator.macs ? attempt(() => operator.macs!(context)).value : 0;
}

function attempt<T>(rule: () => T): { value?: T; reason?: Message } {
  try {
    return { value: rule() };
  } catch (error) {
    if (error instanceof Unresolved) return { reason: error.reason };
    throw error;
  }
}

function constantFact(tensor: Tensor, sparse?: SparseTensor): Fact {
  const { elementType } = tensor;
  if (sparse) return { elementType, shape: sparse.shape };
  const { shape } = tensor;
  const numbers = elementCount(shape) <= mostElements ? residentNumbers(tensor) : undefined;
  return { elementType, shape, elements: numbers && Array.from(numbers) };
}

/** Does the shape contain a size without a name that was made up since `first`? */
function hasNewSize(fact: Fact, first: number): boolean {
  return (fact.shape ?? []).some(
    (size) =>
      typeof size !== 'number' &&
      size.isAnonymous &&
      [...size.key.matchAll(/\?(\d+)/g)].some(([, index]) => Number(index) >= first),
  );
}
