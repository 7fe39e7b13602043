/** Which weights of the chosen layers become integers together, and which layers cannot have theirs so. */
import type { Layer } from '../../../graph/layers.js';
import type { Model } from '../../../graph/model.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import { elementCount, elementTypes } from '../../../tensor/elementType.js';
import type { WeightFormat } from '../layerSettings.js';
import { scaleLayout } from '../scaleLayout.js';
import type { Granularity } from '../scaleLayout.js';
import { granularityOf, isWeightSite, weightSiteOf } from './weightSite.js';
import type { WeightSite } from './weightSite.js';

/** A weight and all that reads it. */
export interface PlannedWeight {
  readonly weight: string;
  readonly shape: readonly number[];
  readonly format: WeightFormat;
  readonly granularity: Granularity;
  readonly sites: readonly WeightSite[];
}

export interface WeightPlan {
  readonly weights: readonly PlannedWeight[];
  /** Chosen layers that stay as they are. */
  readonly refused: ReadonlyMap<Layer, Message>;
}

/**
 * Plans for the layers that `formOf` gives a form. A weight is stored once: layers that share one must read it alike, and
 * where one of its readers stays in float the others do, too, for a second copy would make the file larger.
 */
export function planWeights(
  { graph }: Model,
  layers: readonly Layer[],
  formatOf: (layer: Layer) => WeightFormat | null,
  objectionTo: (site: WeightSite, format: WeightFormat) => Message | undefined,
): WeightPlan {
  const refused = new Map<Layer, Message>();
  const readers = new Map<string, { layer: Layer; site: WeightSite; format: WeightFormat }[]>();
  for (const layer of layers) {
    const format = formatOf(layer);
    if (!format) continue;
    const site = weightSiteOf(layer);
    const objection = isWeightSite(site) ? objectionTo(site, format) : site;
    if (objection) refused.set(layer, objection);
    else if (isWeightSite(site)) {
      const own = readers.get(site.weight) ?? [];
      readers.set(site.weight, [...own, { layer, site, format }]);
    }
  }
  const weights: PlannedWeight[] = [];
  for (const [weight, own] of readers) {
    const [{ site, format }] = own as [(typeof own)[number]];
    const planned = {
      weight,
      shape: site.shape,
      format,
      granularity: granularityOf(site, format),
      sites: own.map((each) => each.site),
    };
    const objection = objectionToAll(
      planned,
      own.map((each) => each.format),
    );
    if (objection) for (const { layer } of own) refused.set(layer, objection);
    else weights.push(planned);
  }
  return { weights, refused };

  function objectionToAll(planned: PlannedWeight, formats: readonly WeightFormat[]): Message | undefined {
    const { weight, sites, granularity } = planned;
    const alike = sites.every((site, i) => {
      const format = formats[i] as WeightFormat;
      const own = granularityOf(site, format);
      return (
        format.type === planned.format.type && own.axis === granularity.axis && own.blockSize === granularity.blockSize
      );
    });
    if (!alike) return sentence('compress.quantize.skipped.weight-read-otherwise', { value: weight });
    const elsewhere = graph
      .uses(weight)
      .find(({ node, index }) => !sites.some((site) => site.node === node && site.input === index));
    if (graph.isOutput(weight)) return sentence('compress.quantize.skipped.weight-is-output', { value: weight });
    if (!elsewhere) {
      return integerBytes(planned) < 4 * elementCount(planned.shape)
        ? undefined
        : sentence('compress.quantize.skipped.no-gain', { value: weight });
    }
    const reader = layers.find(({ node }) => node === elsewhere.node)?.name ?? elsewhere.node.opType;
    return sentence('compress.quantize.skipped.weight-shared', { value: weight, layer: reader });
  }
}

/** What a weight takes as integers, each scale with a zero point. */
export function integerBytes({ shape, format: { type }, granularity }: PlannedWeight): number {
  const { bits } = elementTypes[type];
  const { scaleCount } = scaleLayout(shape, granularity);
  return Math.ceil((elementCount(shape) * bits) / 8) + scaleCount * 4 + Math.ceil((scaleCount * bits) / 8);
}
