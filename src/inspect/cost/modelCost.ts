import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import type { Energy, LayerCost, ModelCost, UnitCost } from './cost.js';
import type { CostBasis } from './costBasis.js';
import { dramPjPerByte, macAreaUm2 } from './energyTable.js';
import type { Executions } from './executions.js';
import { peakActivations, peakLayerName } from './peakActivations.js';

/** What one run of the model costs, for one sample. `costs` are of the layers, in their order. */
export function modelCost(
  model: Model,
  layers: readonly Layer[],
  costs: readonly LayerCost[],
  basis: CostBasis,
  executions: Executions,
): ModelCost {
  const total = (figure: (cost: LayerCost, layer: Layer) => number | null) => weightedSum(layers, costs, figure);
  const peak = peakActivations(model, basis.values, executions);
  const activations = ({ readBytes, writtenBytes }: LayerCost) =>
    readBytes === null || writtenBytes === null ? null : readBytes + writtenBytes;
  const weightBytes = total((cost) => cost.weightBytes);
  const energy = totalEnergy(total);
  return {
    bitOperations: total(({ bitOperations }) => bitOperations),
    weightBytes,
    activationBytes: total(activations),
    peakActivationBytes: peak?.bytes ?? null,
    peakLayer: peakLayerName(peak, layers),
    energy,
    dramWeightPj: energy && weightBytes && (weightBytes / basis.samples) * dramPjPerByte,
    units: unitCosts(layers, costs, basis),
    zeroPointShare: zeroPointShare(layers, costs, basis),
    unknownLayers: costs.filter((cost) => cost.executions === null || (cost.executions > 0 && cost.energy === null))
      .length,
  };
}

/** The sum over layers of a figure times executions; null where one is unknown. */
function weightedSum(
  layers: readonly Layer[],
  costs: readonly LayerCost[],
  figure: (cost: LayerCost, layer: Layer) => number | null,
): number | null {
  let total = 0;
  for (const [i, cost] of costs.entries()) {
    if (cost.executions === 0) continue;
    const value = figure(cost, layers[i]!);
    if (value === 0) continue;
    if (value === null || cost.executions === null) return null;
    total += value * cost.executions;
  }
  return total;
}

function totalEnergy(total: (figure: (cost: LayerCost) => number | null) => number | null): Energy | null {
  const computePj = total(({ energy }) => energy && energy.computePj);
  const sramPj = total(({ energy }) => energy && energy.sramPj);
  const dramPj = total(({ energy }) => energy && energy.dramPj);
  return computePj === null || sramPj === null || dramPj === null ? null : { computePj, sramPj, dramPj };
}

function unitCosts(layers: readonly Layer[], costs: readonly LayerCost[], basis: CostBasis): UnitCost[] {
  const units = new Map<string, UnitCost>();
  for (const [i, { unit, executions }] of costs.entries()) {
    if (!unit || !executions) continue;
    const key = `${unit.kind} ${unit.weightBits} ${unit.activationBits}`;
    const macs = (units.get(key)?.macs ?? 0) + (basis.macsOf(layers[i]!.node) ?? 0) * executions;
    units.set(key, { ...unit, macs, areaUm2: macAreaUm2(unit) });
  }
  return [...units.values()].sort((a, b) => b.macs - a.macs);
}

/** Of the whole model's multiplications and additions, those of float layers too. */
function zeroPointShare(layers: readonly Layer[], costs: readonly LayerCost[], basis: CostBasis): number | null {
  if (costs.every(({ zeroPoints }) => zeroPoints === null)) return null;
  const macsOf = (_: LayerCost, { node }: Layer) => basis.macsOf(node);
  const macs = weightedSum(layers, costs, macsOf);
  const added = weightedSum(layers, costs, (cost, layer) => {
    const own = macsOf(cost, layer);
    return cost.zeroPoints ? cost.zeroPoints.share * (own ?? 0) : 0;
  });
  return macs === null || added === null || macs === 0 ? null : added / macs;
}
