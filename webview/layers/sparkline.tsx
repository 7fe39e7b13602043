import type { JSX } from 'preact';
import { histogramPath } from '../charts/histogramPath.js';
import { formatNumber } from '../../src/messages/units.js';
import { t } from '../format/text.js';

const width = 80;
const height = 16;

interface Distribution {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly histogram: readonly number[];
}

/** A histogram as small as a word. */
export function Sparkline(props: { readonly summary: Distribution; readonly fresh: boolean }): JSX.Element {
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
