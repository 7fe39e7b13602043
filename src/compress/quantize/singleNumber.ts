import { constantOf } from '../../graph/constants.js';
import type { Scope } from '../../graph/scope.js';

/** The number that a constant of one float32 element holds. */
export function singleNumber(scope: Scope, value: string): number | undefined {
  const tensor = constantOf(scope, value)?.tensor;
  const bytes = tensor?.bytes.resident;
  if (tensor?.elementType !== 'float32' || bytes?.byteLength !== 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
}
