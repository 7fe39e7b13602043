/** Ranges computed inside a model, as onnxruntime.quantization's MinMaxCalibrater does. */
import type { Graph } from '../graph/graph.js';
import type { Model } from '../graph/model.js';
import { Names } from '../graph/names.js';
import { intAttribute, Node } from '../graph/node.js';
import { Failure } from '../messages/failure.js';
import type { ValueRange } from '../tensor/activationStatistics.js';
import { elementTypes } from '../tensor/elementType.js';
import type { TensorArray } from '../tensor/tensor.js';

/** The graph outputs that tell the range of one value. */
export interface RangeOutputs {
  readonly value: string;
  readonly min: string;
  readonly max: string;
}

/** Adds the range of each value of the main graph as two more outputs: the model is changed. */
export function addRangeOutputs(model: Model, values: readonly string[]): RangeOutputs[] {
  const { graph } = model;
  const names = new Names(model);
  return values.map((value) => {
    if (!graph.producer(value) && !graph.isInput(value)) throw new Failure('runtime.unknown-value', { value });
    const source = isKnownFloat32(graph, value) ? value : addCast(graph, names, value);
    return {
      value,
      min: addReduction(graph, names, 'ReduceMin', value, source),
      max: addReduction(graph, names, 'ReduceMax', value, source),
    };
  });
}

/** Adds the magnitudes of each value of the main graph, in float32: the model is changed. Their names by those of the values. */
export function addMagnitudes(model: Model, values: readonly string[]): Map<string, string> {
  const { graph } = model;
  const names = new Names(model);
  return new Map(
    values.map((value) => {
      const output = names.value(`${value}_Abs`);
      const source = isKnownFloat32(graph, value) ? value : addCast(graph, names, value);
      graph.add(new Node({ opType: 'Abs', name: names.node(output), inputs: [source], outputs: [output] }));
      return [value, output];
    }),
  );
}

/** Widens the ranges by what one run gave, as by numpy's nanmin and nanmax: NaN only where every run gave NaN. */
export function joinRanges(
  ranges: Map<string, ValueRange>,
  outputs: readonly RangeOutputs[],
  results: Readonly<Record<string, TensorArray>>,
): void {
  for (const { value, min, max } of outputs) {
    const known = ranges.get(value) ?? { min: NaN, max: NaN };
    ranges.set(value, {
      min: nanOr(Math.min, known.min, onlyElement(results[min])),
      max: nanOr(Math.max, known.max, onlyElement(results[max])),
    });
  }
}

/**
 * Averages of the ranges of single runs. With a constant each run moves the ends by that part of the way to its own, from those of the
 * first (Jacob et al. 2018, section 3.1); without one all runs count alike. A NaN counts as no range.
 */
export class RangeAverages {
  readonly #ends = new Map<string, { min: number; max: number; runs: number }>();

  constructor(private readonly constant: number | null) {}

  add(outputs: readonly RangeOutputs[], results: Readonly<Record<string, TensorArray>>): void {
    for (const { value, min, max } of outputs) {
      const own = { min: onlyElement(results[min]), max: onlyElement(results[max]) };
      if (Number.isNaN(own.min) || Number.isNaN(own.max)) continue;
      const known = this.#ends.get(value) ?? { ...own, runs: 0 };
      const runs = known.runs + 1;
      const part = runs === 1 ? 0 : (this.constant ?? 1 / runs);
      const towards = (from: number, to: number) => (from === to ? to : from + part * (to - from));
      this.#ends.set(value, { min: towards(known.min, own.min), max: towards(known.max, own.max), runs });
    }
  }

  /** Both ends NaN where no run had a range. */
  range(value: string): ValueRange {
    const { min, max } = this.#ends.get(value) ?? { min: NaN, max: NaN };
    return { min, max };
  }
}

function onlyElement(tensor: TensorArray | undefined): number {
  return Number(tensor?.data[0] ?? NaN);
}

function nanOr(choose: (a: number, b: number) => number, a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : choose(a, b);
}

function isKnownFloat32(graph: Graph, value: string): boolean {
  const info =
    graph.valueInfos.get(value) ?? [...graph.inputs, ...graph.outputs].find((candidate) => candidate.name === value);
  return info?.type?.kind === 'tensor' && info.type.elementType === 'float32';
}

/** onnxruntime has no ReduceMin for float16 on the CPU; a Cast to float32 is exact. */
function addCast(graph: Graph, names: Names, value: string): string {
  const output = names.value(`${value}_float32`);
  const attributes = new Map([['to', intAttribute(elementTypes.float32.code)]]);
  graph.add(new Node({ opType: 'Cast', name: names.node(output), inputs: [value], outputs: [output], attributes }));
  return output;
}

/** Over all axes; with keepdims onnxruntime takes empty tensors too. */
function addReduction(graph: Graph, names: Names, opType: string, value: string, source: string): string {
  const output = names.value(`${value}_${opType}`);
  const attributes = new Map([['keepdims', intAttribute(1)]]);
  graph.add(new Node({ opType, name: names.node(output), inputs: [source], outputs: [output], attributes }));
  graph.outputs.push({ name: output, type: { kind: 'tensor', elementType: 'float32' } });
  return output;
}
