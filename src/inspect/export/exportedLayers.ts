import type { Inspection } from '../inspection.js';
import { wholeBytes } from '../wholeBytes.js';
import type { ExportedLayer } from './layersTable.js';
import { largestWeight } from './layersTable.js';

/** The layers of an inspection as exports take them. */
export function exportedLayers({ model, layers }: Inspection): ExportedLayer[] {
  const whole = wholeBytes(model);
  return layers.map((card, index) => {
    const weight = largestWeight(card);
    const isMeasured = weight !== undefined && weight.zeros !== null;
    return {
      index,
      card,
      share: whole > 0 ? card.bytes / whole : 0,
      figures: isMeasured ? { ...weight, histogram: weight.histogram && Array.from(weight.histogram.counts) } : null,
    };
  });
}
