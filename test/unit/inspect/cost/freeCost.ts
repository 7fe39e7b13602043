import type { LayerCost } from '../../../../src/inspect/cost/cost.js';

/** Of a layer that does nothing. */
export const freeCost: LayerCost = {
  unit: null,
  bitOperations: 0,
  weightBytes: 0,
  readBytes: 0,
  writtenBytes: 0,
  zeroPoints: null,
  energy: { computePj: 0, sramPj: 0, dramPj: 0 },
  areaUm2: null,
  executions: 1,
};
