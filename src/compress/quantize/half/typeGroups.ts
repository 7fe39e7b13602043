/** What of a model must have one floating-point type, through Ifs and loops too. */
import type { Graph } from '../../../graph/graph.js';
import { inferShapes } from '../../../graph/inferShapes.js';
import type { Inference } from '../../../graph/inference/inference.js';
import type { Model } from '../../../graph/model.js';
import type { Node } from '../../../graph/node.js';
import type { Scope } from '../../../graph/scope.js';
import { scopesOf } from '../../../graph/scope.js';
import { elementTypeOfCode } from '../../../tensor/elementType.js';
import { hasFloatInput, hasFloatOutput, hasHalfForm, roundsNothing } from './halfOperators.js';

/** A value by the graph that defines it. */
export interface Place {
  readonly graph: Graph;
  readonly value: string;
}

/** A place where a value is read: an input of a node, or (without a node) an output of a graph. */
export interface Reading {
  readonly graph: Graph;
  readonly node?: Node;
  readonly index: number;
  /** What is read. */
  readonly source: Place;
}

/**
 * A node with the float32 values that it reads and makes; or what joins values that must be of one type: an output of an
 * If with its branches, a state of a loop, an input or an output of the model.
 */
export interface TypeGroup {
  /** What a person sees it at; undefined for inputs and outputs of the model. */
  readonly node?: Node;
  readonly reads: Reading[];
  readonly makes: Place[];
  /**
   * `float32`: has no other form. `half`: computes, which is what halves are for. `any`: rounds nothing, so that it takes
   * the type of what is around it. `boundary`: an input or output of the model.
   */
  readonly kind: 'float32' | 'half' | 'any' | 'boundary';
}

/** All groups of a model that touch float32 numbers. Bodies of local functions, and calls of them, stay float32. */
export function typeGroups(model: Model): TypeGroup[] {
  return new Grouping(model).groups();
}

class Grouping {
  readonly #inference: Inference;
  readonly #groups: TypeGroup[] = [];

  constructor(private readonly model: Model) {
    this.#inference = inferShapes(model);
  }

  groups(): TypeGroup[] {
    const { graph } = this.model;
    for (const { name } of graph.inputs) {
      // What is an initializer too is a weight.
      if (!graph.initializers.has(name)) this.#add('boundary', undefined, [], [{ graph, value: name }]);
    }
    for (const scope of scopesOf(this.model)) {
      if (scope.localFunction) continue;
      for (const node of scope.graph.nodes) this.#addNode(node, scope);
      if (!scope.parent) {
        for (const index of graph.outputs.keys()) this.#add('boundary', undefined, [this.#output(scope, index)], []);
      }
    }
    return this.#groups;
  }

  #addNode(node: Node, scope: Scope): void {
    if (node.is('If')) return this.#addIf(node, scope);
    if (node.is('Loop')) return this.#addLoop(node, scope, 2, 2, 1);
    if (node.is('Scan')) return this.#addScan(node, scope);
    const opset = this.model.opsets.get(node.domain) ?? 1;
    const bodies = scope.within(node);
    const kind = bodies.length > 0 || !this.#isKnown(node, scope) ? 'float32' : kindOf(node, opset);
    const reads: Reading[] = [];
    const floatReads: Reading[] = [];
    for (const index of node.inputs.keys()) {
      const reading = this.#input(node, index, scope);
      if (reading) (hasFloatInput(node, index, opset) ? floatReads : reads).push(reading);
    }
    const makes: Place[] = [];
    const floatMakes: Place[] = [];
    for (const [index, value] of node.outputs.entries()) {
      (hasFloatOutput(node, index) ? floatMakes : makes).push({ graph: scope.graph, value });
    }
    for (const body of bodies) {
      reads.push(...body.graph.outputs.map((_, index) => this.#output(body, index)));
      makes.push(...body.graph.inputs.map(({ name }) => ({ graph: body.graph, value: name })));
    }
    this.#add(kind, node, reads, makes);
    this.#add('float32', node, floatReads, floatMakes);
  }

  /** Every branch gives an output in one type. */
  #addIf(node: Node, scope: Scope): void {
    for (const [index, value] of node.outputs.entries()) {
      const reads = scope.within(node).map((body) => this.#output(body, index));
      this.#join(node, reads, [{ graph: scope.graph, value }]);
    }
  }

  /** A state goes in, round and out in one type; `inputs` and the rest are how many others stand before the states. */
  #addLoop(node: Node, scope: Scope, inputs: number, bodyInputs: number, bodyOutputs: number): void {
    const [body] = scope.within(node);
    if (!body) return;
    const states = node.inputs.length - inputs;
    for (const [index, value] of node.outputs.entries()) {
      const reads = [this.#output(body, index + bodyOutputs)];
      const makes = [{ graph: scope.graph, value }];
      if (index < states) {
        reads.push(...this.#readingOf(node, index + inputs, scope));
        makes.push(...inputOf(body, index + bodyInputs));
      }
      this.#join(node, reads, makes);
    }
  }

  #addScan(node: Node, scope: Scope): void {
    const [body] = scope.within(node);
    if (!body) return;
    const before = (this.model.opsets.get('') ?? 1) < 9 ? 1 : 0;
    const sequences = node.int('num_scan_inputs', 0);
    const states = node.inputs.length - before - sequences;
    for (const [index, value] of node.outputs.entries()) {
      const reads = [this.#output(body, index)];
      const makes = [{ graph: scope.graph, value }];
      if (index < states) {
        reads.push(...this.#readingOf(node, index + before, scope));
        makes.push(...inputOf(body, index));
      }
      this.#join(node, reads, makes);
    }
    for (let index = states; index < states + sequences; index++) {
      this.#join(node, this.#readingOf(node, index + before, scope), inputOf(body, index));
    }
  }

  /** What passes values between graphs; in float32 where the type of any is not known. */
  #join(node: Node, reads: readonly Reading[], makes: readonly Place[]): void {
    const places = [...reads.map(({ source }) => source), ...makes].filter(({ value }) => value !== '');
    const known = places.every(({ graph, value }) => this.#inference.elementTypeOf(graph, value) !== undefined);
    this.#add(known ? 'any' : 'float32', node, reads, makes);
  }

  #add(kind: TypeGroup['kind'], node: Node | undefined, reads: readonly Reading[], makes: readonly Place[]): void {
    const isFloat = ({ graph, value }: Place) =>
      value !== '' && this.#inference.elementTypeOf(graph, value) === 'float32';
    const group = { kind, node, reads: reads.filter(({ source }) => isFloat(source)), makes: makes.filter(isFloat) };
    if (group.reads.length + group.makes.length > 0) this.#groups.push(group);
  }

  #input(node: Node, index: number, scope: Scope): Reading | undefined {
    const graph = scope.definingScope(node.inputs[index] ?? '')?.graph;
    return graph && { graph: scope.graph, node, index, source: { graph, value: node.inputs[index]! } };
  }

  #readingOf(node: Node, index: number, scope: Scope): Reading[] {
    const reading = this.#input(node, index, scope);
    return reading ? [reading] : [];
  }

  #output(scope: Scope, index: number): Reading {
    const value = scope.graph.outputs[index]?.name ?? '';
    const graph = scope.definingScope(value)?.graph ?? scope.graph;
    return { graph: scope.graph, index, source: { graph, value } };
  }

  /** Are the types of all that the node reads and makes known? */
  #isKnown(node: Node, scope: Scope): boolean {
    return [...node.inputs, ...node.outputs].every(
      (value) => value === '' || this.#inference.elementTypeOf(scope.graph, value) !== undefined,
    );
  }
}

function inputOf({ graph }: Scope, index: number): Place[] {
  const info = graph.inputs[index];
  return info ? [{ graph, value: info.name }] : [];
}

function kindOf(node: Node, opset: number): TypeGroup['kind'] {
  if (!hasHalfForm(node, opset)) return 'float32';
  if (node.is('Constant')) return 'float32';
  return roundsNothing(node) || makesFewCodes(node) ? 'any' : 'half';
}

/** Comparisons and the like read numbers and make none. */
function makesFewCodes(node: Node): boolean {
  const to = node.is('Cast') ? elementTypeOfCode(node.int('to', 0)) : undefined;
  return to !== undefined && to !== 'float32';
}
