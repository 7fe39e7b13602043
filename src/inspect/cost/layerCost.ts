import type { Layer } from '../../graph/layers.js';
import { layerBytes } from '../../graph/layers.js';
import type { Energy, LayerCost, ZeroPointTerms } from './cost.js';
import { additionPj, dramPjPerByte, macAreaUm2, macPj, sramPjPerByte } from './energyTable.js';
import type { MacUnit } from './energyTable.js';
import type { Executions } from './executions.js';
import type { Factors } from './factors.js';
import { factorsOf, unitOf } from './factors.js';
import type { CostBasis } from './costBasis.js';
import type { StoredValue, StoredValues } from './storedValues.js';
import { columnsOf, zeroPointTerms } from './zeroPointTerms.js';

/** Operators that pass their data on, or look only at its shape: no engine moves a byte for them. */
const passOn = new Set([
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Identity',
  'Dropout',
  'Shape',
  'Size',
  'Constant',
]);

/** Operators that read a few rows of their first input. */
const lookUp = new Set(['Gather', 'GatherElements', 'GatherND', 'GatherBlockQuantized', 'EmbedLayerNormalization']);

/** What each layer costs, in the order of the layers. */
export function layerCosts(layers: readonly Layer[], basis: CostBasis, executions: Executions): LayerCost[] {
  return layers.map((layer) => layerCost(layer, basis, executions.get(layer.graph)));
}

function layerCost(layer: Layer, basis: CostBasis, executions: number | null = 0): LayerCost {
  const { inference, values, samples } = basis;
  const macs = basis.macsOf(layer.node);
  const factors = macs === 0 ? undefined : factorsOf(layer, inference, values);
  const unit = factors ? unitOf(factors) : null;
  const { read, written } = traffic(layer, values);
  const weightBytes = bytesOfWeights(layer, written);
  const zeroPoints = factors && unit?.kind === 'integer' ? termsOf(layer, factors, macs, basis) : null;
  return {
    unit,
    bitOperations: macs === 0 ? 0 : macs === null || !unit ? null : macs * unit.weightBits * unit.activationBits,
    weightBytes,
    readBytes: read,
    writtenBytes: written,
    zeroPoints,
    energy: energyOf({ macs, unit, zeroPoints, weightBytes: weightBytes / samples, read, written }),
    areaUm2: unit && macAreaUm2(unit),
    executions,
  };
}

/** Bytes of activations that a layer reads and writes, each value once. Null where a size is unknown. */
function traffic({ node, scope }: Layer, values: StoredValues): { read: number | null; written: number | null } {
  const carriesBodies = !node.subgraphs().next().done;
  if (carriesBodies || passOn.has(node.opType)) return { read: 0, written: 0 };
  const stored = (names: readonly string[]) => distinct(names.map((name) => name && values.stored(scope, name)));
  const reads = stored(node.inputs);
  const writes = stored(node.outputs.filter((name) => scope.graph.uses(name).length > 0 || scope.graph.isOutput(name)));
  // A QuantizeLinear or DequantizeLinear that its neighbours do themselves.
  if (writes.every((value) => reads.some((other) => sameValue(value, other)))) return { read: 0, written: 0 };
  return {
    read: sum(reads.map((value) => values.bytes(value))),
    written: sum(writes.map((value) => values.bytes(value))),
  };
}

function bytesOfWeights(layer: Layer, written: number | null): number {
  const bytes = layerBytes(layer);
  if (!lookUp.has(layer.node.opType)) return bytes;
  const table = layer.weights.find(({ input }) => input === 0)?.bytes ?? 0;
  return bytes - table + Math.min(table, written ?? table);
}

function termsOf(layer: Layer, factors: Factors, macs: number | null, basis: CostBasis): ZeroPointTerms | null {
  const { inference, values, samples } = basis;
  const { node, scope } = layer;
  const outputShape = inference.shapeOf(scope.graph, node.outputs[0] ?? '');
  const right = node.inputs[factors.weight.input] ?? '';
  const weightShape = factors.weight.weight?.shape ?? inference.shapeOf(scope.graph, right);
  if (macs === null || !isKnown(outputShape) || !isKnown(weightShape)) return null;
  const stored = values.stored(scope, right);
  return zeroPointTerms(factors, {
    macs,
    outputs: product(outputShape) / samples,
    columns: columnsOf(layer, weightShape, outputShape),
    weightElements: factors.weight.weight?.elements ?? ((stored && values.elements(stored)) || product(weightShape)),
  });
}

interface EnergyUse {
  readonly macs: number | null;
  readonly unit: MacUnit | null;
  readonly zeroPoints: ZeroPointTerms | null;
  readonly weightBytes: number;
  readonly read: number | null;
  readonly written: number | null;
}

/**
 * Multiply-accumulates by the width of their factors, what zero points add, weights from DRAM once, and activations from and
 * to the smallest memory of the table that holds all that the layer reads and writes. Other arithmetic is not counted.
 */
function energyOf({ macs, unit, zeroPoints, weightBytes, read, written }: EnergyUse): Energy | null {
  if (macs === null || (macs > 0 && !unit) || read === null || written === null) return null;
  const moved = read + written;
  const perByte = sramPjPerByte(moved);
  return {
    computePj: (unit ? macs * macPj(unit) : 0) + zeroPointPj(zeroPoints, unit),
    sramPj: perByte === null ? 0 : moved * perByte,
    dramPj: (weightBytes + (perByte === null ? moved : 0)) * dramPjPerByte,
  };
}

/** Sums are of 32-bit integers; a correction multiplies one by a zero point of the factors' width. */
function zeroPointPj(terms: ZeroPointTerms | null, unit: MacUnit | null): number {
  if (!terms || !unit) return 0;
  const correction = macPj({ kind: 'integer', weightBits: 32, activationBits: unit.activationBits });
  return (terms.rowSums + terms.columnSums) * additionPj() + terms.corrections * correction;
}

function distinct(values: readonly (StoredValue | '' | undefined)[]): StoredValue[] {
  const found: StoredValue[] = [];
  for (const value of values) if (value && !found.some((other) => sameValue(value, other))) found.push(value);
  return found;
}

const sameValue = (a: StoredValue, b: StoredValue) => a.name === b.name && a.scope.graph === b.scope.graph;
const isKnown = (shape: readonly unknown[] | undefined): shape is readonly number[] =>
  shape?.every((size) => typeof size === 'number') ?? false;
const product = (shape: readonly number[]) => shape.reduce((total, size) => total * size, 1);

function sum(numbers: readonly (number | null)[]): number | null {
  return numbers.reduce((total, each) => (total === null || each === null ? null : total + each), 0);
}
