/** Findings on what the activations of a model were over a data set. */
import type { Layer, LayerWeight } from '../../graph/layers.js';
import { sentence } from '../../messages/catalog.js';
import { formatBytes, formatCount, formatInteger, formatNumber, formatPercent } from '../../messages/units.js';
import type { ActivationStatistics } from '../../tensor/activationStatistics.js';
import { deadChannels, outlierRatio } from '../activations/activationFigures.js';
import type { MeasuredActivation, MeasuredActivations } from '../activations/measureActivations.js';
import type { RankedFinding } from './rankedFinding.js';

/** With fewer elements a channel that is rarely used may be zero by chance. */
const leastElementsOfChannel = 256;
/** With fewer elements the 99.9th percentile is the extreme. */
const leastElements = 1000;
/** From here on an integer type has two bits fewer for 99.9 % of the elements. */
const farOutlier = 4;

/** Of a measurement without labels: what is lost, what is always zero, and what wastes the range of an integer type. */
export function activationFindings(layers: readonly Layer[], measured: MeasuredActivations): RankedFinding[] {
  const dead = deadCounts(layers, measured);
  const byNode = new Map(layers.map((layer) => [layer.node, layer]));
  return measured.values.flatMap((each) => {
    const layer = layers[each.layer];
    const { statistics } = each;
    if (!layer || !statistics) return [];
    return [
      ...notNumbers(layer, each, statistics),
      ...alwaysZero(layer, each, { statistics, dead, byNode, samples: measured.samples }),
      ...outliers(layer, each, statistics),
    ];
  });
}

function notNumbers(layer: Layer, { value }: MeasuredActivation, { nans }: ActivationStatistics): RankedFinding[] {
  if (nans === 0) return [];
  const params = { value, layer: layer.name, nans: formatInteger(nans) };
  const message = sentence('inspect.finding.activation-not-finite', params);
  return [{ ...about(layer, 'activation-not-finite', message), broken: true }];
}

/** Dead channels of a value by name, in its graph. */
type DeadCounts = ReadonlyMap<Layer['graph'], ReadonlyMap<string, number>>;

function deadCounts(layers: readonly Layer[], { values }: MeasuredActivations): DeadCounts {
  const counts = new Map<Layer['graph'], Map<string, number>>();
  for (const { layer, value, statistics } of values) {
    const graph = layers[layer]?.graph;
    if (!graph || !statistics?.channels) continue;
    if (!counts.has(graph)) counts.set(graph, new Map());
    counts.get(graph)!.set(value, deadChannels(statistics.channels).length);
  }
  return counts;
}

interface DeadContext {
  readonly statistics: ActivationStatistics;
  readonly dead: DeadCounts;
  readonly byNode: ReadonlyMap<Layer['node'], Layer>;
  readonly samples: number;
}

/** Told where the zeros arise, not of each layer that passes them on. */
function alwaysZero(
  layer: Layer,
  { value }: MeasuredActivation,
  { statistics: { channels }, dead: counts, byNode, samples }: DeadContext,
): RankedFinding[] {
  if (!channels || channels.elements < leastElementsOfChannel) return [];
  const dead = deadChannels(channels).length;
  const total = channels.min.length;
  const before = counts.get(layer.graph)?.get(layer.node.inputs[0] ?? '') ?? 0;
  if (dead === 0 || dead === total || dead <= before) return [];
  const weight = sourceWeight(layer, byNode);
  const savedBytes = weight ? (weight.bytes * dead) / total : 0;
  const params = {
    value,
    layer: layer.name,
    dead: formatInteger(dead),
    channels: formatInteger(total),
    samples: formatInteger(samples),
    bytes: formatBytes(savedBytes),
  };
  const id = savedBytes > 0 ? 'inspect.finding.activation-dead-saves' : 'inspect.finding.activation-dead';
  return [{ ...about(layer, 'activation-dead', sentence(id, params)), savedBytes, concernedBytes: weight?.bytes ?? 0 }];
}

/** The weight whose output channels these are: of this layer, or of the one before an activation function. */
function sourceWeight(layer: Layer, byNode: ReadonlyMap<Layer['node'], Layer>): LayerWeight | undefined {
  const { node, graph } = layer;
  const producer = graph.producer(node.inputs[0] ?? '');
  return [layer, producer && byNode.get(producer)]
    .flatMap((each) => each?.weights ?? [])
    .find(({ isParameter, channelAxis }) => isParameter && channelAxis !== undefined);
}

function outliers(layer: Layer, { value }: MeasuredActivation, statistics: ActivationStatistics): RankedFinding[] {
  const { count, min, max } = statistics;
  const ratio = outlierRatio(statistics);
  if (count < leastElements || !(ratio > farOutlier)) return [];
  const extreme = Math.max(-min, max);
  const params = {
    value,
    layer: layer.name,
    limit: formatNumber(extreme / ratio),
    extreme: formatNumber(extreme),
    ratio: formatCount(ratio),
    share: formatPercent(1 - 1 / ratio, 0),
  };
  return [about(layer, 'activation-outliers', sentence('inspect.finding.activation-outliers', params))];
}

function about(layer: Layer, kind: string, message: RankedFinding['message']): RankedFinding {
  return {
    layer: layer.name,
    kind,
    message,
    savedBytes: 0,
    concernedBytes: 0,
    shows: { page: 'layers', layer: layer.name, tab: 'activations' },
  };
}
