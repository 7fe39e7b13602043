import { inferShapes } from '../../graph/inferShapes.js';
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import type { ModelValue } from '../../runtime/observableValues.js';
import { modelValues } from '../../runtime/observableValues.js';

/** The floating-point values of a model that can be seen while it runs, in the order of its layers. */
export function observableValues(model: Model, layers: readonly Layer[]): ModelValue[] {
  return modelValues(model, layers, inferShapes(model)).filter(({ missing }) => !missing);
}
