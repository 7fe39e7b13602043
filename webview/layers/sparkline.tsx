import type { JSX } from 'preact';
import type { WeightSummary } from '../../src/protocol/engineService.js';
import { histogramPath } from '../charts/histogramPath.js';
import { formatNumber } from '../../src/messages/units.js';
import { t } from '../format/text.js';

const width = 80;
const height = 16;

/** A weight's histogram as small as a word. */
export function Sparkline(props: { readonly summary: WeightSummary; readonly fresh: boolean }): JSX.Element {
  const { summary, fresh } = props;
  const { min, max, mean, std } = summary;
  const label = t('page.layers.histogram.label', {
    min: formatNumber(min),
    max: formatNumber(max),
    mean: formatNumber(mean),
    std: formatNumber(std),
  });
  return (
    <svg
      class={`sparkline${fresh ? ' fresh' : ''}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={histogramPath(summary.histogram, width, height, 'linear', 0.75)} />
    </svg>
  );
}
