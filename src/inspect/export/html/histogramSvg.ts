import { english, sentence } from '../../../messages/catalog.js';
import { formatNumber } from '../../../messages/units.js';
import type { WeightFigures } from '../layersTable.js';
import type { Markup } from './markup.js';
import { markup } from './markup.js';

const width = 96;
const height = 18;

/** A histogram as a line of bars, with a sentence for those who cannot see it. */
export function histogramSvg(weight: string, { histogram, min, max }: WeightFigures): Markup | null {
  const most = Math.max(...(histogram ?? []), 0);
  if (!histogram || most === 0 || min === null || max === null) return null;
  const label = english(
    sentence('inspect.html.histogram', {
      weight,
      bins: histogram.length,
      min: formatNumber(min),
      max: formatNumber(max),
      fullest: histogram.indexOf(most) + 1,
    }),
  );
  const bar = width / histogram.length;
  const path = histogram.flatMap((count, i) => {
    if (count === 0) return [];
    // What counts anything shows.
    const tall = Math.max(0.75, (count / most) * height);
    return [`M${short(i * bar)} ${height}v-${short(tall)}h${short(bar * 0.9)}v${short(tall)}z`];
  });
  const size = markup`viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  return markup`<svg ${size} role="img" aria-label="${label}"><path d="${path.join('')}"/></svg>`;
}

const short = (value: number) => String(Number(value.toFixed(2)));
