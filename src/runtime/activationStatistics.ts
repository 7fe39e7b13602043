import { planBatches } from '../data/batches.js';
import type { Dataset } from '../data/dataset.js';
import { copyModel } from '../graph/copy.js';
import type { Graph } from '../graph/graph.js';
import type { Model } from '../graph/model.js';
import { Names } from '../graph/names.js';
import { intAttribute, Node } from '../graph/node.js';
import { Failure } from '../messages/failure.js';
import { elementTypes } from '../tensor/elementType.js';
import type { TensorArray } from '../tensor/tensor.js';
import { loadModel } from './loadModel.js';
import type { Runtime, Session } from './session.js';

/** Least and greatest element of a value over all samples; NaN where every sample gave NaN. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

export interface CollectOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number) => void;
  /** What failures call the model; else the name of its graph. */
  readonly name?: string;
}

/** The graph outputs that tell the range of one value. */
interface RangeOutputs {
  readonly value: string;
  readonly min: string;
  readonly max: string;
}

/**
 * Runs the model on every sample and keeps the ranges of the asked values, which must be values of the main graph. As in
 * onnxruntime.quantization's MinMaxCalibrater, the graph is not optimized, ReduceMin and ReduceMax are computed inside
 * it, and the results are joined as by nanmin and nanmax; the ranges are the same to the bit as with a reader that gives
 * one sample at a time (matrix products differ in their last bits by the size of the batch). Memory does not grow with
 * the number of samples.
 */
export async function collectActivationStatistics(
  runtime: Runtime,
  model: Model,
  request: { readonly ranges: readonly string[] },
  dataset: Dataset,
  { signal, onProgress, name }: CollectOptions = {},
): Promise<{ readonly ranges: ReadonlyMap<string, ValueRange> }> {
  const values = [...new Set(request.ranges)];
  const ranges = new Map<string, ValueRange>(values.map((value) => [value, { min: NaN, max: NaN }]));
  if (values.length === 0) return { ranges };
  const { observed, outputs } = withRangeOutputs(model, values);
  const session = await loadModel(runtime, observed, { optimization: 'disabled' }, { signal, name });
  try {
    const batches = planBatches(dataset, 1);
    for (const [i, { samples }] of batches.entries()) {
      join(ranges, await observe(session, outputs, dataset, samples, signal));
      onProgress?.((i + 1) / batches.length);
    }
  } finally {
    await session.release();
  }
  return { ranges };
}

async function observe(
  session: Session,
  outputs: readonly RangeOutputs[],
  dataset: Dataset,
  samples: readonly number[],
  signal?: AbortSignal,
): Promise<Map<string, ValueRange>> {
  const { feeds } = await dataset.read(samples);
  const fetches = outputs.flatMap(({ min, max }) => [min, max]);
  const results = await session.run(feeds, fetches, signal);
  return new Map(
    outputs.map(({ value, min, max }) => [value, { min: onlyElement(results[min]), max: onlyElement(results[max]) }]),
  );
}

function onlyElement(tensor: TensorArray | undefined): number {
  return Number(tensor?.data[0] ?? NaN);
}

function join(ranges: Map<string, ValueRange>, found: ReadonlyMap<string, ValueRange>): void {
  for (const [value, { min, max }] of found) {
    const known = ranges.get(value)!;
    ranges.set(value, { min: nanOr(Math.min, known.min, min), max: nanOr(Math.max, known.max, max) });
  }
}

/** As numpy's nanmin and nanmax: NaN only where both are. */
function nanOr(choose: (a: number, b: number) => number, a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : choose(a, b);
}

/** A copy of the model with the range of each value as two more outputs. */
function withRangeOutputs(model: Model, values: readonly string[]): { observed: Model; outputs: RangeOutputs[] } {
  const observed = copyModel(model);
  const { graph } = observed;
  const names = new Names(observed);
  const outputs = values.map((value) => {
    if (!graph.producer(value) && !graph.isInput(value)) throw new Failure('runtime.unknown-value', { value });
    const source = isKnownFloat32(graph, value) ? value : addCast(graph, names, value);
    return {
      value,
      min: addReduction(graph, names, 'ReduceMin', value, source),
      max: addReduction(graph, names, 'ReduceMax', value, source),
    };
  });
  return { observed, outputs };
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
