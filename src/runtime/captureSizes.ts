/** How much memory it takes to hold values of a model all at once, and how to need less. */
import { inferShapes } from '../graph/inferShapes.js';
import type { Inference } from '../graph/inference/inference.js';
import type { Layer } from '../graph/layers.js';
import type { Model } from '../graph/model.js';
import { elementTypes } from '../tensor/elementType.js';
import type { TensorArray } from '../tensor/tensor.js';
import { loadModel } from './loadModel.js';
import type { ModelValue } from './observableValues.js';
import { observedModel } from './observedModel.js';
import type { Feeds, Runtime, SessionOptions } from './session.js';

/** Memory that captured tensors may take at once, unless a person says otherwise: 1 GiB. */
export const defaultCaptureBytes = 2 ** 30;

/** A captured tensor is in memory twice: onnxruntime's own, and the copy that its binding makes of it. */
const copies = 2;

export interface SizingContext {
  readonly runtime: Runtime;
  readonly options: SessionOptions;
  readonly signal?: AbortSignal;
  readonly name?: string;
}

/**
 * Bytes that capturing each value takes in a run on these feeds, in the order of the values: from the inferred shapes, and for those that
 * depend on data from one run that gives out the shapes alone. 0 for what that run did not reach.
 */
export async function captureSizes(
  model: Model,
  layers: readonly Layer[],
  values: readonly ModelValue[],
  feeds: Feeds,
  context: SizingContext,
): Promise<number[]> {
  const inputShapes = new Map(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
  const inference = inferShapes(model, { inputShapes });
  const inferred = values.map((value) => inferredElements(value, model, layers, inference));
  const unknown = values.filter((_, i) => inferred[i] === undefined);
  const met = unknown.length > 0 ? await elementsInRun(model, unknown, feeds, context) : new Map<string, number>();
  return values.map((value, i) => (inferred[i] ?? met.get(value.key) ?? 0) * elementBytes(value) * copies);
}

/** Consecutive values in as few groups as the budget allows; a value that alone is past it has a group of its own. */
export function groupByBudget<T>(values: readonly T[], sizes: readonly number[], budgetBytes: number): T[][] {
  const groups: T[][] = [];
  let left = 0;
  values.forEach((value, i) => {
    const size = sizes[i]!;
    if (groups.length === 0 || size > left) {
      groups.push([]);
      left = budgetBytes;
    }
    groups.at(-1)!.push(value);
    left -= size;
  });
  return groups;
}

/** Without the rounds of a loop, whose number no shape tells. */
function inferredElements(
  { layer, value, stackedAxes }: ModelValue,
  model: Model,
  layers: readonly Layer[],
  inference: Inference,
): number | undefined {
  if (stackedAxes > 0) return undefined;
  const shape = inference.shapeOf(layers[layer]?.graph ?? model.graph, value);
  return shape?.reduce<number | undefined>(
    (product, size) => (product === undefined || typeof size !== 'number' ? undefined : product * size),
    1,
  );
}

async function elementsInRun(
  model: Model,
  values: readonly ModelValue[],
  feeds: Feeds,
  { runtime, options, signal, name }: SizingContext,
): Promise<Map<string, number>> {
  // A value of unknown type may be no tensor, and then has no Shape; it counts as nothing until it is known better.
  const typed = values.filter(({ elementType }) => elementType !== undefined);
  if (typed.length === 0) return new Map();
  const observed = observedModel(model, typed, 'shape');
  const session = await loadModel(runtime, observed.model, options, { signal, name });
  try {
    const results = await session.run(feeds, [...new Set(observed.outputs.values())], signal);
    return new Map(
      [...observed.outputs].map(([key, output]) => [key, results[output] ? elementsOfShapes(results[output]) : 0]),
    );
  } finally {
    await session.release();
  }
}

/** A shape, or those of the rounds of a loop, one a row. */
function elementsOfShapes({ shape, data }: TensorArray): number {
  const rank = shape.at(-1) ?? 0;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    let elements = 1;
    for (let i = 0; i < rank; i++) elements *= Number(data[row * rank + i]);
    total += elements;
  }
  return total;
}

function elementBytes({ elementType }: ModelValue): number {
  return Math.max(1, elementTypes[elementType ?? 'float32'].bits / 8);
}
