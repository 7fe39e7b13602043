import { inferShapes } from '../../graph/inferShapes.js';
import type { Graph } from '../../graph/graph.js';
import type { Inference } from '../../graph/inference/inference.js';
import type { Layer } from '../../graph/layers.js';
import type { Dimension, Model } from '../../graph/model.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import { modelValues, type ModelValue } from '../../runtime/observableValues.js';
import type { Feeds } from '../../runtime/session.js';
import type { ElementType } from '../../tensor/elementType.js';
import { elementTypes } from '../../tensor/elementType.js';
import type { Matching } from '../matching/matchLayers.js';
import type { ComparedValue } from './comparedValues.js';
import { comparedValues } from './comparedValues.js';
import type { IntegerGrid } from './integerGrid.js';
import { integerGridOf } from './integerGrid.js';
import type { Slice } from './layerSlice.js';
import { Slicer } from './layerSlice.js';
import type { Feed } from './slicedModel.js';

/** A floating-point value of a, held against the value of b that stands for it. */
export interface MeasuredValue extends ComparedValue {
  /** Where the values lie, of a layer in a body; `a` and `b` are then their keys. Such layers are not run alone. */
  readonly body?: { readonly a: ModelValue; readonly b: ModelValue };
  readonly elementType: ElementType;
  /** What the integers stand for, where b keeps integers. */
  readonly grid?: IntegerGrid;
  /** What makes it in b, from values of a; undefined where that cannot be cut out. */
  readonly slice?: Slice;
}

export interface ErrorPlan {
  readonly values: readonly MeasuredValue[];
  /** Of each value that a slice is given, what is fed for it. */
  readonly feeds: ReadonlyMap<string, Feed>;
  /** Why nothing is measured of a matched pair, by its position among the matches. */
  readonly missing: ReadonlyMap<number, Message>;
}

/** What to run and to compare, for inputs of these shapes. */
export function planErrors(a: Model, b: Model, matching: Matching, inputs: Feeds): ErrorPlan {
  const { values: compared, inBodies, missing: unseen } = comparedValues(matching);
  const missing = new Map(unseen);
  const inputShapes = new Map(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const inferences = [a, b].map((model) => inferShapes(model, { inputShapes }));
  const [inA, inB] = [a, b].map((model, i) => {
    const inference = inferences[i]!;
    return {
      type: (value: string) => inference.elementTypeOf(model.graph, value),
      shape: (value: string) => inference.shapeOf(model.graph, value),
    };
  }) as [Inferred, Inferred];

  const feeds = new Map<string, Feed>();
  for (const { name } of b.graph.inputs) {
    const given = inputs[name];
    if (given) feeds.set(name, { value: name, elementType: given.elementType });
  }
  const wanted: Omit<MeasuredValue, 'slice'>[] = [];
  for (const value of compared) {
    const [before, after] = [inA.shape(value.a), inB.shape(value.b)];
    const differs = before && after && shapesDiffer(before, after);
    if (differs) {
      missing.set(value.match, sentence('evaluate.errors.shapes', { before: text(before), after: text(after) }));
      continue;
    }
    const elementType = inA.type(value.a);
    const type = inB.type(value.unrounded) ?? elementType;
    const grid = type && isInteger(type) ? integerGridOf(b.graph, value.unrounded) : undefined;
    const feed = elementType && type && feedOf(value.a, elementType, type, grid);
    if (feed && isDelivered(elementType)) feeds.set(value.unrounded, feed);
    if (!elementType || !isFloat(elementType) || (isInteger(type!) && !grid)) {
      if (!missing.has(value.match)) missing.set(value.match, sentence('evaluate.errors.not-real'));
      continue;
    }
    wanted.push({ ...value, elementType, grid });
  }
  const slicer = new Slicer(b.graph);
  const values = wanted.map((value) => {
    const own = new Set([value.b, value.unrounded]);
    return { ...value, slice: slicer.slice(value.b, (name) => feeds.has(name), own) };
  });
  for (const { match } of values) missing.delete(match);
  const [shownA, shownB] = [a, b].map((model, i) =>
    shownValues(model, (i === 0 ? matching.a : matching.b).layers, inferences[i]!),
  );
  const bodyValues = inBodies.flatMap(({ match, ...value }): MeasuredValue[] => {
    const [of, other] = [shownA!.get(value.graphA)?.get(value.a), shownB!.get(value.graphB)?.get(value.b)];
    missing.set(match, of?.missing ?? other?.missing ?? sentence('evaluate.errors.in-body'));
    if (!of || !other || of.missing || other.missing) return [];
    const elementType = of.elementType ?? 'float32';
    return [{ match, a: of.key, b: other.key, unrounded: other.key, elementType, body: { a: of, b: other } }];
  });
  return { values: [...values, ...bodyValues], feeds, missing };
}

/** What can be seen of the values of a model with bodies, by graph and name. */
function shownValues(
  model: Model,
  layers: readonly Layer[],
  inference: Inference,
): Map<Graph, Map<string, ModelValue>> {
  const shown = new Map<Graph, Map<string, ModelValue>>();
  if (layers.every(({ scope }) => !scope.parent)) return shown;
  for (const value of modelValues(model, layers, inference)) {
    const { graph } = layers[value.layer] ?? model;
    if (!shown.has(graph)) shown.set(graph, new Map());
    shown.get(graph)!.set(value.value, value);
  }
  return shown;
}

interface Inferred {
  type(value: string): ElementType | undefined;
  shape(value: string): readonly Dimension[] | undefined;
}

function feedOf(value: string, from: ElementType, to: ElementType, grid: IntegerGrid | undefined): Feed | undefined {
  const elementType = deliveredType(from);
  if (grid) return isFloat(from) ? { value, elementType, grid } : undefined;
  if (elementType === to) return { value, elementType };
  return isFloat(from) && isFloat(to) ? { value, elementType, castTo: to } : undefined;
}

const isFloat = (type: ElementType): boolean => elementTypes[type].kind === 'float';
const isInteger = (type: ElementType): boolean => elementTypes[type].kind === 'integer';

/** The type in which onnxruntime's bindings give out a value: other floats are cast (`observedModel`). */
function deliveredType(type: ElementType): ElementType {
  return isFloat(type) && !['float32', 'float64', 'float16'].includes(type) ? 'float32' : type;
}

/** Types of less than 8 bits, and of no numbers, do not pass through the bindings. */
function isDelivered(type: ElementType): boolean {
  const { kind, bits } = elementTypes[type];
  return kind !== 'complex' && kind !== 'string' && (kind === 'float' || bits >= 8 || type === 'bool');
}

function shapesDiffer(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  if (a.length !== b.length) return true;
  return a.some((size, i) => typeof size === 'number' && typeof b[i] === 'number' && size !== b[i]);
}

const text = (shape: readonly Dimension[]): string => shape.map((size) => size ?? '?').join(', ');
