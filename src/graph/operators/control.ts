/** Control flow: what holds of the outputs follows from the bodies. */
import type { Graph } from '../graph.js';
import type { Fact } from '../inference/fact.js';
import { equalFacts, mergeFacts } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { equalSizes, multiply } from '../inference/size.js';
import type { Node } from '../node.js';
import type { OperatorTable } from './operator.js';
import { missingAttribute } from './rules.js';

function bodyOf(c: RuleContext, name: string): Graph {
  const attribute = c.node.attributes.get(name);
  if (attribute?.kind !== 'graph') throw missingAttribute(name);
  return attribute.value;
}

/** The branch that runs: the condition is constant, or the sizes in the other contradict each other. */
function takenBranch(c: RuleContext): 'then_branch' | 'else_branch' | undefined {
  const condition = c.knownElements(0)?.[0];
  if (typeof condition === 'number') return condition ? 'then_branch' : 'else_branch';
  const [canBeTrue, canBeFalse] = [c.canRun(bodyOf(c, 'then_branch')), c.canRun(bodyOf(c, 'else_branch'))];
  if (canBeTrue === canBeFalse) return undefined;
  return canBeTrue ? 'then_branch' : 'else_branch';
}

/** Both branches are looked at; where it is known which runs, only that one says what comes out. */
function ifFacts(c: RuleContext): Fact[] {
  const onTrue = c.inferBody(bodyOf(c, 'then_branch'), []);
  const onFalse = c.inferBody(bodyOf(c, 'else_branch'), []);
  const taken = takenBranch(c);
  if (taken) return taken === 'then_branch' ? onTrue : onFalse;
  return c.node.outputs.map((_, i) => mergeFacts(onTrue[i] ?? {}, onFalse[i] ?? {}, c.fresh));
}

/** Loop-13: inputs trip count, condition, carried values; body (iteration, condition, carried) -> (condition, carried, scanned). */
function loopFacts(c: RuleContext): Fact[] {
  const body = bodyOf(c, 'body');
  const iteration: Fact = { elementType: 'int64', shape: [] };
  const condition: Fact = { elementType: 'bool', shape: [] };
  const initial = c.inputs.slice(2).map(withoutElements);
  const { carried, outputs } = settle(c, initial, (values) =>
    c.inferBody(body, [iteration, condition, ...values]).slice(1),
  );
  const trips = tripCount(c) ?? c.fresh();
  const scanned = outputs.slice(carried.length);
  return [...carried, ...scanned.map((fact) => withAxis(fact, 0, trips))];
}

/** The number of trips, where no condition can end the loop before. */
function tripCount(c: RuleContext): Size | undefined {
  return loopTrips(c.node, (input) => c.knownElements(input)?.[0]);
}

/** The trips of a Loop whose condition cannot end it before; `first` tells the first element of an input, where known. */
export function loopTrips<T>(node: Node, first: (input: number) => T | undefined): T | undefined {
  const attribute = node.attributes.get('body');
  if (attribute?.kind !== 'graph' || (node.inputs[0] ?? '') === '') return undefined;
  const body = attribute.value;
  const [, condition] = body.inputs;
  const [stays] = body.outputs;
  const passedOn = body.producer(stays?.name ?? '');
  const constant =
    stays?.name === condition?.name || (passedOn?.is('Identity') && passedOn.inputs[0] === condition?.name);
  const starts = (node.inputs[1] ?? '') === '' || first(1) === 1;
  return constant && starts ? first(0) : undefined;
}

/** Scan-9: carried values, then sequences that the body sees one element at a time. */
function scanFacts(c: RuleContext): Fact[] {
  const body = bodyOf(c, 'body');
  const sequences = c.node.int('num_scan_inputs', 0);
  const states = c.inputs.length - sequences;
  const inputAxes = c.node.ints('scan_input_axes') ?? [];
  let length: Size | undefined;
  const elements = c.inputs.slice(states).map((fact, i): Fact => {
    if (!fact.shape || fact.shape.length === 0) return { elementType: fact.elementType };
    const axis = c.axis(inputAxes[i] ?? 0, fact.shape.length);
    length = length === undefined ? fact.shape[axis]! : c.same(length, fact.shape[axis]!);
    return { elementType: fact.elementType, shape: fact.shape.filter((_, at) => at !== axis) };
  });
  const initial = c.inputs.slice(0, states).map(withoutElements);
  const { carried, outputs } = settle(c, initial, (values) => c.inferBody(body, [...values, ...elements]));
  const steps = length ?? c.fresh();
  const outputAxes = c.node.ints('scan_output_axes') ?? [];
  const scanned = outputs.slice(carried.length);
  return [...carried, ...scanned.map((fact, i) => withAxis(fact, outputAxes[i] ?? 0, steps))];
}

/**
 * Widens what is known of carried values until an iteration changes nothing. A dimension that changes is given a size of
 * its own, once; a rank that changes is forgotten. So this ends.
 */
function settle(
  c: RuleContext,
  initial: readonly Fact[],
  iterate: (values: readonly Fact[]) => Fact[],
): { carried: Fact[]; outputs: Fact[] } {
  const widened = new Set<Size>();
  let carried = [...initial];
  for (;;) {
    const outputs = iterate(carried);
    const next = carried.map((fact, i) => widen(fact, outputs[i] ?? {}, widened, c.fresh));
    if (next.every((fact, i) => equalFacts(fact, carried[i]!))) return { carried, outputs };
    carried = next;
  }
}

function widen(known: Fact, seen: Fact, widened: Set<Size>, fresh: () => Size): Fact {
  const elementType = known.elementType;
  if (!known.shape || seen.shape?.length !== known.shape.length) return { elementType };
  const shape = known.shape.map((size, i) => {
    if (widened.has(size) || equalSizes(size, seen.shape![i]!)) return size;
    const open = fresh();
    widened.add(open);
    return open;
  });
  return { elementType, shape };
}

function withAxis(fact: Fact, at: number, size: Size): Fact {
  if (!fact.shape) return { elementType: fact.elementType };
  const axis = at < 0 ? at + fact.shape.length + 1 : at;
  return { elementType: fact.elementType, shape: [...fact.shape.slice(0, axis), size, ...fact.shape.slice(axis)] };
}

function withoutElements({ elementType, shape }: Fact): Fact {
  return { elementType, shape };
}

/** The costlier branch, where it is not known which one runs. */
function ifMacs(c: RuleContext): Size {
  const taken = takenBranch(c);
  if (taken) return c.bodyMacs(bodyOf(c, taken));
  const onTrue = c.bodyMacs(bodyOf(c, 'then_branch'));
  const onFalse = c.bodyMacs(bodyOf(c, 'else_branch'));
  if (typeof onTrue === 'number' && typeof onFalse === 'number') return Math.max(onTrue, onFalse);
  return equalSizes(onTrue, onFalse) ? onTrue : c.fresh();
}

function loopMacs(c: RuleContext): Size {
  const body = bodyOf(c, 'body');
  const macs = c.bodyMacs(body);
  return macs === 0 ? 0 : multiply(macs, tripCount(c) ?? c.fresh());
}

function scanMacs(c: RuleContext): Size {
  const first = c.inputs.length - c.node.int('num_scan_inputs', 0);
  const axis = c.axis(c.node.ints('scan_input_axes')?.[0] ?? 0, c.rank(first));
  return multiply(c.bodyMacs(bodyOf(c, 'body')), c.size(first, axis));
}

export const control: OperatorTable = {
  If: { inputs: ['argument'], facts: ifFacts, macs: ifMacs },
  Loop: { inputs: ['argument', 'argument', 'data'], facts: loopFacts, macs: loopMacs },
  Scan: { inputs: ['data'], facts: scanFacts, macs: scanMacs },
};
