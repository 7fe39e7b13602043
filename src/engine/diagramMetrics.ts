import type { SharedWeight } from '../graph/layers.js';
import { activationBytes, layerEnergy } from '../inspect/cost/sums.js';
import type { HeldMetric } from '../inspect/diagram/metrics.js';
import type { LayerCard } from '../inspect/inspection.js';
import type { DiagramMetric, DiagramMetricValues } from '../protocol/diagramCalls.js';
import type { FiguresOf } from './layerTable.js';
import { mainWeight } from './layerTable.js';

export interface LayerMetric {
  readonly held: HeldMetric;
  readonly state: DiagramMetricValues['state'];
}

/** What is known of a metric by layers: of what a layer cannot have, nothing. */
export function layerMetric(
  metric: DiagramMetric,
  cards: readonly LayerCard[],
  figuresOf: FiguresOf,
  shared: readonly SharedWeight[] = [],
): LayerMetric {
  const canBeMeasured = (layer: number) => {
    const main = cards[layer]!.weights[mainWeight(cards[layer]!)];
    return main !== undefined && !main.unreadable;
  };
  const summary = (layer: number) => figuresOf(layer).summary;
  const sum = (
    valueOf: (layer: number) => number,
    canHave: (layer: number) => boolean,
    common?: { layers: readonly number[]; value: number }[],
  ): LayerMetric => ({
    held: { held: 'sum', valueOf, common },
    state: stateOf(cards.length, canHave, valueOf),
  });
  const all = () => true;
  switch (metric) {
    case 'parameters':
      return sum(
        (layer) => cards[layer]!.parameters,
        all,
        shared.map(({ layers, parameters }) => ({ layers, value: parameters })),
      );
    case 'bytes':
      return sum(
        (layer) => cards[layer]!.bytes,
        all,
        shared.map(({ layers, bytes }) => ({ layers, value: bytes })),
      );
    case 'macs':
      return sum((layer) => cards[layer]!.macs ?? NaN, all);
    case 'activationBytes':
      return sum((layer) => activationBytes(cards[layer]!) ?? NaN, all);
    case 'energy':
      return sum((layer) => layerEnergy(cards[layer]!) ?? NaN, all);
    case 'range': {
      const valueOf = (layer: number) => {
        const { min, max } = summary(layer) ?? { min: NaN, max: NaN };
        return Math.max(Math.abs(min), Math.abs(max));
      };
      return { held: { held: 'greatest', valueOf }, state: stateOf(cards.length, canBeMeasured, valueOf) };
    }
    case 'zeros': {
      const partOf = (layer: number) => summary(layer)?.zeros ?? NaN;
      const wholeOf = (layer: number) => (summary(layer) ? mainElements(cards[layer]!) : NaN);
      return { held: { held: 'share', partOf, wholeOf }, state: stateOf(cards.length, canBeMeasured, partOf) };
    }
    case 'time':
      return sum((layer) => figuresOf(layer).time?.milliseconds ?? NaN, all);
    case 'error': {
      const valueOf = (layer: number) => figuresOf(layer).error ?? NaN;
      const wasMeasured = (layer: number) => !Number.isNaN(valueOf(layer));
      return { held: { held: 'least', valueOf }, state: stateOf(cards.length, wasMeasured, valueOf) };
    }
    case 'sensitivity':
      return { held: { held: 'sum', valueOf: () => NaN }, state: 'missing' };
  }
}

function stateOf(
  count: number,
  canHave: (layer: number) => boolean,
  valueOf: (layer: number) => number,
): LayerMetric['state'] {
  let [can, known] = [0, 0];
  for (let layer = 0; layer < count; layer++) {
    if (!canHave(layer)) continue;
    can++;
    if (!Number.isNaN(valueOf(layer))) known++;
  }
  if (known === 0) return 'missing';
  return known === can ? 'known' : 'partly';
}

/** Elements of the weight whose summary stands for the layer. */
function mainElements(card: LayerCard): number {
  return card.weights[mainWeight(card)]!.shape.reduce((product, size) => product * size, 1);
}
