import type { ModelValue } from '../../runtime/observableValues.js';
import type { ElementType } from '../../tensor/elementType.js';

/** A value of the main graph as the capture takes it. */
export function mainValue(value: string, elementType: ElementType | undefined): ModelValue {
  return { key: value, value, layer: -1, output: -1, elementType, stackedAxes: 0 };
}
