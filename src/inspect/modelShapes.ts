import { inferShapes } from '../graph/inferShapes.js';
import type { Inference } from '../graph/inference/inference.js';
import type { Dimension, Model, ValueInfo } from '../graph/model.js';

/** Shapes of the inputs of one run, by name. */
export type InputShapes = ReadonlyMap<string, readonly number[]>;

export interface ModelShapes {
  /** With the symbols of the file. */
  readonly shapes: Inference;
  /** Of one run: with the symbolic, or unknown, first dimensions of the inputs set to 1, or with the shapes of a run. */
  readonly costs: Inference;
  /** Samples in that run: the batch that the file, or the given shapes, fix; else 1. */
  readonly samples: number;
}

export function modelShapes(model: Model, given?: InputShapes): ModelShapes {
  const shapes = inferShapes(model);
  const costs = given ? inferShapes(model, { inputShapes: given }) : oneSample(model, shapes);
  return { shapes, costs, samples: samplesOf(model, costs) };
}

function oneSample(model: Model, shapes: Inference): Inference {
  const symbols = new Map<string, number>();
  const inputShapes = new Map<string, readonly Dimension[]>();
  for (const { name, type } of fedInputs(model)) {
    if (type?.kind !== 'tensor' || !type.shape || type.shape.length === 0) continue;
    const [first, ...rest] = type.shape;
    if (typeof first === 'string') symbols.set(first, 1);
    else if (first === undefined) inputShapes.set(name, [1, ...rest]);
  }
  return symbols.size === 0 && inputShapes.size === 0 ? shapes : inferShapes(model, { symbols, inputShapes });
}

/**
 * The batch: the first dimension that all inputs and outputs have in common, if doubling it at the inputs doubles it at the
 * outputs, or contradicts the file (a Reshape to the fixed batch).
 */
function samplesOf(model: Model, costs: Inference): number {
  const shapeOf = ({ name }: ValueInfo) => costs.shapeOf(model.graph, name);
  const inputs = fedInputs(model).filter((info) => shapeOf(info)?.length !== 0);
  const shapes = [...inputs, ...model.graph.outputs].map(shapeOf);
  const batch = shapes[0]?.[0];
  if (typeof batch !== 'number' || batch <= 1 || inputs.length === 0) return 1;
  if (!shapes.every((shape) => shape?.[0] === batch)) return 1;
  const doubled = new Map(inputs.map((info) => [info.name, [batch * 2, ...shapeOf(info)!.slice(1)]]));
  const twice = inferShapes(model, { inputShapes: doubled });
  const follows = model.graph.outputs.every(({ name }) => twice.shapeOf(model.graph, name)?.[0] === batch * 2);
  return follows || twice.unresolved.length > costs.unresolved.length ? batch : 1;
}

function fedInputs({ graph }: Model): ValueInfo[] {
  return graph.inputs.filter(({ name }) => !graph.initializers.has(name));
}
