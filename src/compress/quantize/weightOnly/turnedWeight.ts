import { scaleLayout } from '../scaleLayout.js';
import type { Codes } from '../weights.js';
import type { WrittenWeight } from './storedWeight.js';

/** A matrix with its axes exchanged, scales and all. */
export function turnedWeight({ rounded, shape, ...rest }: WrittenWeight): WrittenWeight {
  const [rows = 0, columns = 0] = shape;
  const { codes, parameters } = rounded;
  const { scaleShape } = scaleLayout(shape, parameters);
  const axis = parameters.axis === undefined ? undefined : 1 - parameters.axis;
  const isMatrix = scaleShape.length === 2;
  const [scaleRows = 0, scaleColumns = 0] = scaleShape;
  return {
    ...rest,
    shape: [columns, rows],
    rounded: {
      codes: transposed(codes, rows, columns),
      parameters: {
        ...parameters,
        ...(axis !== undefined && { axis }),
        scales: isMatrix ? transposed(parameters.scales, scaleRows, scaleColumns) : parameters.scales,
        zeroPoints: isMatrix
          ? Array.from(transposed(Float64Array.from(parameters.zeroPoints), scaleRows, scaleColumns))
          : parameters.zeroPoints,
      },
    },
  };
}

function transposed<T extends Codes | Float32Array | Float64Array>(elements: T, rows: number, columns: number): T {
  const result = elements.slice() as T;
  for (let r = 0, at = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = elements[at++] as number;
  }
  return result;
}
