import { inferShapes } from '../graph/inferShapes.js';
import type { Inference } from '../graph/inference/inference.js';
import type { Dimension, Model } from '../graph/model.js';

export interface ModelShapes {
  /** With the symbols of the file. */
  readonly shapes: Inference;
  /** Of one sample: with the symbolic, or unknown, first dimensions of the inputs set to 1. */
  readonly costs: Inference;
}

export function modelShapes(model: Model): ModelShapes {
  const symbols = new Map<string, number>();
  const inputShapes = new Map<string, readonly Dimension[]>();
  for (const { name, type } of model.graph.inputs) {
    if (model.graph.initializers.has(name) || type?.kind !== 'tensor' || !type.shape || type.shape.length === 0)
      continue;
    const [first, ...rest] = type.shape;
    if (typeof first === 'string') symbols.set(first, 1);
    else if (first === undefined) inputShapes.set(name, [1, ...rest]);
  }
  const shapes = inferShapes(model);
  const isFixed = symbols.size === 0 && inputShapes.size === 0;
  return { shapes, costs: isFixed ? shapes : inferShapes(model, { symbols, inputShapes }) };
}
