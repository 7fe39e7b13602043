/** Findings on how a model's weights are stored and named: none needs their numbers. */
import type { Layer, LayerWeight } from '../../graph/layers.js';
import { distinctWeights } from '../../graph/layers.js';
import { sentence } from '../../messages/catalog.js';
import { formatBytes, formatInteger, formatPercent } from '../../messages/units.js';
import { StoredBytes } from '../../onnx/storedTensor.js';
import type { RankedFinding } from './rankedFinding.js';

/** A layer is dominant from this part of all weight bytes on, where there are enough layers for that to be news. */
const dominantShare = 0.5;
const leastLayers = 3;
/** Exporters write single numbers as typed fields, and do no harm by it. */
const leastTypedBytes = 256;

export function storageFindings(layers: readonly Layer[]): RankedFinding[] {
  const weights = distinctWeights(layers).filter(({ isParameter }) => isParameter);
  const readers = readersOf(layers);
  return [
    ...dominant(layers, weights),
    ...wideFloats(readers, weights),
    ...quantized(readers, weights),
    ...inConstantNodes(readers, weights),
    ...inTypedFields(readers, weights),
    ...unnamed(layers),
  ];
}

function dominant(layers: readonly Layer[], weights: readonly LayerWeight[]): RankedFinding[] {
  const all = bytesOf(weights);
  const heavy = layers.filter(({ weights: own }) => own.some(({ isParameter }) => isParameter));
  if (heavy.length < leastLayers) return [];
  return heavy.flatMap((layer) => {
    const bytes = bytesOf(distinctWeights([layer]).filter(({ isParameter }) => isParameter));
    if (bytes <= dominantShare * all) return [];
    const params = { layer: layer.name, share: formatPercent(bytes / all, 1) };
    return [finding(layer, 'dominant', sentence('inspect.finding.dominant', params), bytes)];
  });
}

/** The first layer that reads a weight, by the weight's owner. */
type Readers = ReadonlyMap<LayerWeight['owner'], Layer>;

function readersOf(layers: readonly Layer[]): Readers {
  const readers = new Map<LayerWeight['owner'], Layer>();
  for (const layer of layers) {
    for (const { owner } of layer.weights) if (!readers.has(owner)) readers.set(owner, layer);
  }
  return readers;
}

function wideFloats(readers: Readers, weights: readonly LayerWeight[]): RankedFinding[] {
  const wide = weights.filter(({ tensor }) => tensor.elementType === 'float64');
  return wide.map(({ owner, name, bytes }) => {
    const layer = readers.get(owner)!;
    const params = { weight: name, layer: layer.name, bytes: formatBytes(bytes / 2) };
    return finding(layer, 'float64', sentence('inspect.finding.float64', params), bytes, bytes / 2);
  });
}

function quantized(readers: Readers, weights: readonly LayerWeight[]): RankedFinding[] {
  const found = weights.filter(({ storage }) => storage === 'quantized');
  if (found.length === 0) return [];
  const types = [...new Set(found.map(({ tensor }) => tensor.elementType))].join(', ');
  const params = { count: formatInteger(found.length), total: formatInteger(weights.length), types };
  return [
    finding(heaviest(readers, found), 'quantized', sentence('inspect.finding.quantized', params), bytesOf(found)),
  ];
}

function inConstantNodes(readers: Readers, weights: readonly LayerWeight[]): RankedFinding[] {
  const found = weights.filter(({ storage }) => storage === 'constant');
  if (found.length === 0) return [];
  const bytes = bytesOf(found);
  const params = {
    count: formatInteger(found.length),
    total: formatInteger(weights.length),
    bytes: formatBytes(bytes),
  };
  return [
    finding(heaviest(readers, found), 'constant-nodes', sentence('inspect.finding.constant-nodes', params), bytes),
  ];
}

/** The fields of TensorProto, as their names stand in onnx.proto. */
const fieldNames = {
  floatData: 'float_data',
  int32Data: 'int32_data',
  int64Data: 'int64_data',
  doubleData: 'double_data',
  uint64Data: 'uint64_data',
} as const;

function inTypedFields(readers: Readers, weights: readonly LayerWeight[]): RankedFinding[] {
  const stored = weights.flatMap((weight) => {
    const { bytes } = weight.tensor;
    const field = bytes instanceof StoredBytes ? bytes.typedField : undefined;
    return field && bytes.byteLength >= leastTypedBytes ? [{ weight, field }] : [];
  });
  if (stored.length === 0) return [];
  const savedBytes = stored.reduce((sum, { weight, field }) => sum + field.byteLength - weight.bytes, 0);
  const params = {
    fields: [...new Set(stored.map(({ field }) => fieldNames[field.name]))].join(', '),
    count: formatInteger(stored.length),
    total: formatInteger(weights.length),
    bytes: formatBytes(savedBytes),
  };
  const id = savedBytes > 0 ? 'inspect.finding.typed-fields' : 'inspect.finding.typed-fields-same';
  const found = stored.map(({ weight }) => weight);
  const saved = Math.max(0, savedBytes);
  return [finding(heaviest(readers, found), 'typed-fields', sentence(id, params), bytesOf(found), saved)];
}

function unnamed(layers: readonly Layer[]): RankedFinding[] {
  const found = layers.filter(({ node }) => !node.name);
  if (found.length === 0) return [];
  const params = { count: formatInteger(found.length), total: formatInteger(layers.length) };
  return [finding(found[0]!, 'unnamed', sentence('inspect.finding.unnamed', params), 0)];
}

function finding(
  layer: Layer,
  kind: string,
  message: RankedFinding['message'],
  concernedBytes: number,
  savedBytes = 0,
): RankedFinding {
  const shows = { page: 'layers', layer: layer.name } as const;
  return { layer: layer.name, kind, message, savedBytes, concernedBytes, shows };
}

function heaviest(readers: Readers, weights: readonly LayerWeight[]): Layer {
  return readers.get(weights.reduce((a, b) => (b.bytes > a.bytes ? b : a)).owner)!;
}

function bytesOf(weights: readonly LayerWeight[]): number {
  return weights.reduce((sum, { bytes }) => sum + bytes, 0);
}
