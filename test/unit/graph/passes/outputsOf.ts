/** What onnxruntime computes for a model in memory: the judge of rewrites. */
import * as ort from 'onnxruntime-node';
import type { Model } from '../../../../src/graph/model.js';
import { encodeModel } from '../../../../src/onnx/encodeModel.js';

type Feeds = Record<string, ort.Tensor>;

export async function outputsOf(
  model: Model,
  feeds: Feeds,
): Promise<Record<string, { dims: readonly number[]; data: unknown }>> {
  const session = await ort.InferenceSession.create(await encodeModel(model), {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  });
  try {
    const results = await session.run(feeds);
    return Object.fromEntries(Object.entries(results).map(([name, { dims, data }]) => [name, { dims, data }]));
  } finally {
    await session.release();
  }
}

/** A float32 input of smooth numbers, the same every time. */
export function wave(shape: number[], frequency = 0.37): ort.Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return new ort.Tensor(
    'float32',
    Float32Array.from({ length: count }, (_, i) => Math.sin(i * frequency)),
    shape,
  );
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < Math.max(a.length, b.length); i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
