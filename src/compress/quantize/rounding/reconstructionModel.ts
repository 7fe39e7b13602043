/** What rounding is fitted by, as plain operators: a layer's outputs for rounded weights, their loss, its gradient, Adam. */
import { Graph } from '../../../graph/graph.js';
import type { Model } from '../../../graph/model.js';
import { floatAttribute, intAttribute, stringAttribute } from '../../../graph/node.js';
import { NodeWriter } from '../../../graph/nodeWriter.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { Activation } from './activationBehind.js';
import type { RowGrid } from './grid.js';
import type { ProductLayer } from './productLayer.js';

/** A layer as it is fitted: outputs are the activation of inputs times weights and a bias. */
export interface FittedLayer {
  readonly layer: ProductLayer;
  readonly grid: RowGrid;
  readonly activation: Activation;
  /** For each of groups x outputs, the factor of Gemm in it. */
  readonly bias: Float32Array;
}

/** The stretched sigmoid that becomes exactly 0 and 1 (Nagel et al. 2020, equation 23). */
export const stretch = { low: -0.1, high: 1.1 } as const;
export const adam = { mean: 0.9, square: 0.999, epsilon: 1e-10 } as const;

/**
 * The sum of squared errors of each output, for weights [groups x outputs, inputs] that are constants. Inputs: `x`
 * [rows, groups x inputs], `y` [rows, groups x outputs], and the sums so far, `loss`; output `next loss`.
 */
export function lossModel(fitted: FittedLayer, weights: Float32Array): Model {
  const { groups, outputs, inputs } = fitted.layer;
  const { model, writer } = emptyModel(['x', 'y', 'loss']);
  const made = layerOutputs(writer, fitted, writer.floats([groups * outputs, inputs], weights));
  const error = writer.add('Sub', [activate(writer, fitted, made), activate(writer, fitted, 'y')]);
  writer.named(writer.add('Add', ['loss', writer.sum(writer.add('Mul', [error, error]), [0])]), 'next loss');
  return withOutputs(model, ['next loss']);
}

export interface StepSettings {
  /** Which scale each element has, if scales are learned: [groups x outputs x inputs], and how many there are. */
  readonly learned: { readonly scaleOf: Int32Array; readonly count: number } | null;
  /** floor(weight / scale), of each element. */
  readonly floors: Float32Array;
  /** What the mean over rows of the sum of squared errors is divided by. */
  readonly unit: number;
}

/**
 * A step of AdaRound with Adam. State: `v` [groups x outputs, inputs] with its `v mean`, `v square`; where scales are learned
 * their logarithms over those of the grid, `u` [scales], with `u mean` and `u square`. Numbers by step: `rate`, `scale rate`,
 * `exponent` and `weight` of the regularizer. Outputs: the state after, `next …`, and `error`, the loss without regularizer.
 */
export function stepModel(fitted: FittedLayer, { learned, floors, unit }: StepSettings): Model {
  const { groups, outputs, inputs } = fitted.layer;
  const shape = [groups * outputs, inputs];
  const parameters = ['v', 'v mean', 'v square', ...(learned ? ['u', 'u mean', 'u square', 'scale rate'] : [])];
  const { model, writer } = emptyModel(['x', 'y', 'rate', 'exponent', 'weight', ...parameters]);
  const number = (value: number) => writer.number(value);
  const times = (...factors: string[]) => factors.reduce((a, b) => writer.add('Mul', [a, b]));
  const [low, high] = [constantOf(writer, shape, fitted.grid.low), constantOf(writer, shape, fitted.grid.high)];

  const sigmoid = writer.add('Sigmoid', ['v']);
  const stretched = writer.add('Add', [times(sigmoid, number(stretch.high - stretch.low)), number(stretch.low)]);
  const share = writer.add('Clip', [stretched, number(0), number(1)]);
  const raised = writer.add('Add', [writer.floats(shape, floors), share]);
  const steps = writer.add('Max', [writer.add('Min', [raised, high]), low]);
  let scales = constantOf(writer, shape, fitted.grid.scales);
  const places = () => writer.reshape(writer.ints(Array.from(learned!.scaleOf)), shape);
  const spread = (values: string) => writer.add('Gather', [values, places()]);
  if (learned) {
    const factors = writer.add('Exp', ['u']);
    scales = times(scales, isByRow(learned.scaleOf, inputs) ? writer.reshape(factors, [-1, 1]) : spread(factors));
  }
  const made = layerOutputs(writer, fitted, times(steps, scales));
  const active = activate(writer, fitted, made);
  const error = writer.add('Sub', [active, activate(writer, fitted, 'y')]);
  const rows = writer.add('Cast', [writer.add('Gather', [writer.add('Shape', ['x']), writer.ints([0])])], {
    to: intAttribute(elementTypes.float32.code),
  });
  const mean = writer.add('Reciprocal', [times(writer.reshape(rows, []), number(unit))]);
  writer.named(times(writer.sum(times(error, error), [0, 1]), mean), 'error');

  const outer = times(activationGradient(writer, fitted, made, active, error), mean, number(2));
  const weights = weightGradient(writer, fitted, outer);
  const ofSteps = times(weights, scales, unclipped(writer, raised, steps));
  const ends = writer.add('Sub', [times(share, number(2)), number(1)]);
  const power = writer.add('Pow', [writer.add('Abs', [ends]), writer.add('Sub', ['exponent', number(1)])]);
  const pull = times(writer.add('Mul', ['weight', 'exponent']), number(-2 / inputs), power, writer.add('Sign', [ends]));
  const ofSigmoid = times(sigmoid, writer.add('Sub', [number(1), sigmoid]), number(stretch.high - stretch.low));
  const ofV = times(writer.add('Add', [ofSteps, pull]), ofSigmoid, unclipped(writer, stretched, share));
  adamStep(writer, 'v', ofV, 'rate');
  if (learned) {
    const byElement = times(weights, steps, scales);
    const sum = () => {
      const zeros = writer.floats([learned.count], new Float32Array(learned.count));
      const [index, updates] = [places(), byElement].map((value) => writer.reshape(value, [-1]));
      return writer.add('ScatterElements', [zeros, index!, updates!], { reduction: stringAttribute('add') });
    };
    const ofU = isByRow(learned.scaleOf, inputs) ? writer.sum(byElement, [1]) : sum();
    adamStep(writer, 'u', ofU, 'scale rate');
  }
  const next = (name: string) => [`next ${name}`, `next ${name} mean`, `next ${name} square`];
  return withOutputs(model, ['error', ...next('v'), ...(learned ? next('u') : [])]);
}

/** Kingma and Ba 2015, algorithm 1; the corrections of the first steps are in the rate. */
function adamStep(writer: NodeWriter, name: string, gradient: string, rate: string): void {
  const average = (old: string, keep: number, value: string) =>
    writer.add('Add', [
      writer.add('Mul', [old, writer.number(keep)]),
      writer.add('Mul', [value, writer.number(1 - keep)]),
    ]);
  const mean = average(`${name} mean`, adam.mean, gradient);
  const square = average(`${name} square`, adam.square, writer.add('Mul', [gradient, gradient]));
  const size = writer.add('Add', [writer.add('Sqrt', [square]), writer.number(adam.epsilon)]);
  const move = writer.add('Mul', [rate, writer.add('Div', [mean, size])]);
  writer.named(writer.add('Sub', [name, move]), `next ${name}`);
  writer.named(mean, `next ${name} mean`);
  writer.named(square, `next ${name} square`);
}

/** [rows, groups x outputs], before the activation. */
function layerOutputs(writer: NodeWriter, { layer, bias }: FittedLayer, weights: string): string {
  const { groups, outputs, inputs, alpha } = layer;
  const offset = writer.floats([bias.length], bias);
  if (groups === 1) {
    const attributes = { transB: intAttribute(1), alpha: floatAttribute(alpha), beta: floatAttribute(1) };
    return writer.add('Gemm', ['x', weights, offset], attributes);
  }
  const grouped = writer.transpose(writer.reshape('x', [-1, groups, inputs]), [1, 0, 2]);
  const factors = writer.transpose(writer.reshape(weights, [groups, outputs, inputs]), [0, 2, 1]);
  const product = writer.transpose(writer.add('MatMul', [grouped, factors]), [1, 0, 2]);
  return writer.add('Add', [writer.reshape(product, [-1, groups * outputs]), offset]);
}

/** The gradient by the weights [groups x outputs, inputs], from that by the outputs. */
function weightGradient(writer: NodeWriter, { layer }: FittedLayer, outer: string): string {
  const { groups, outputs, inputs, alpha } = layer;
  if (groups === 1) {
    const attributes = { transA: intAttribute(1), alpha: floatAttribute(alpha) };
    return writer.add('Gemm', [outer, 'x'], attributes);
  }
  const grouped = writer.transpose(writer.reshape('x', [-1, groups, inputs]), [1, 0, 2]);
  const errors = writer.transpose(writer.reshape(outer, [-1, groups, outputs]), [1, 2, 0]);
  return writer.reshape(writer.add('MatMul', [errors, grouped]), [groups * outputs, inputs]);
}

function activate(writer: NodeWriter, { activation: { slope, low, high } }: FittedLayer, value: string): string {
  let active = value;
  if (slope !== 1) active = writer.add('LeakyRelu', [active], { alpha: floatAttribute(slope) });
  if (low !== -Infinity) active = writer.add('Max', [active, writer.number(low)]);
  if (high !== Infinity) active = writer.add('Min', [active, writer.number(high)]);
  return active;
}

/** The gradient of the activation times `outer`. */
function activationGradient(
  writer: NodeWriter,
  { activation: { slope, low, high } }: FittedLayer,
  value: string,
  active: string,
  outer: string,
): string {
  let gradient = outer;
  if (slope !== 1) {
    const positive = writer.add('Greater', [value, writer.number(0)]);
    gradient = writer.add('Mul', [gradient, writer.add('Where', [positive, writer.number(1), writer.number(slope)])]);
  }
  if (low === -Infinity && high === Infinity) return gradient;
  return writer.add('Mul', [gradient, unclipped(writer, value, active)]);
}

/** 1 where a clipped value is as it was, else 0. */
function unclipped(writer: NodeWriter, value: string, clipped: string): string {
  return writer.add('Cast', [writer.add('Equal', [value, clipped])], { to: intAttribute(elementTypes.float32.code) });
}

/** A constant of `shape`, written as one number or one a row where that is all it is. */
function constantOf(writer: NodeWriter, shape: readonly number[], values: Float32Array): string {
  const [rows = 1, width = 1] = shape;
  if (values.every((value) => value === values[0])) return writer.number(values[0]!);
  const byRow = Float32Array.from({ length: rows }, (_, row) => values[row * width]!);
  if (values.every((value, i) => value === byRow[Math.floor(i / width)])) return writer.floats([rows, 1], byRow);
  return writer.floats(shape, values);
}

function isByRow(scaleOf: Int32Array, inputs: number): boolean {
  return scaleOf.every((scale, i) => scale === Math.floor(i / inputs));
}

function emptyModel(inputs: readonly string[]): { model: Model; writer: NodeWriter } {
  const graph = new Graph({
    name: 'reconstruction',
    inputs: inputs.map((name) => ({ name, type: { kind: 'tensor', elementType: 'float32' } })),
  });
  const model: Model = { irVersion: 8, opsets: new Map([['', 17]]), metadata: new Map(), graph, functions: [] };
  return { model, writer: new NodeWriter(model) };
}

function withOutputs(model: Model, outputs: readonly string[]): Model {
  model.graph.outputs.push(...outputs.map((name) => ({ name })));
  return model;
}
