import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { ComparedWeights } from '../../src/protocol/engineService.js';
import { formatNumber } from '../../src/messages/units.js';
import { rebin } from '../../src/tensor/histogram.js';
import { ValueAxis } from '../charts/valueAxis.js';
import type { Axis } from '../charts/histogramPath.js';
import { fullest, histogramPath } from '../charts/histogramPath.js';
import { t } from '../format/text.js';
import { useWidth } from '../grid/width.js';

const height = 104;
const margin = 8;
/** Pixels that a bar is wide at least, so that the outline of one weight does not hide the other. */
const leastBar = 4;

/** The histogram of the original filled, that of the new model as an outline over it, on the same scales. */
export function OverlayChart({ weights }: { readonly weights: ComparedWeights }): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const width = useWidth(element);
  const { min, max } = weights;
  const axis: Axis = { min, max, start: margin, end: Math.max(margin + 1, width - margin) };
  const plot = axis.end - axis.start;
  const bins = 2 ** Math.max(4, Math.floor(Math.log2(Math.max(1, plot / leastBar))));
  const [a, b] = [weights.a, weights.b].map(
    (weight) => weight && rebin({ min, max, counts: weight.counts }, bins).counts,
  );
  const most = Math.max(a ? fullest(a) : 0, b ? fullest(b) : 0);
  const path = (counts: ArrayLike<number>): string => histogramPath(counts, plot, height, 'linear', 0.75, most);
  return (
    <div class="overlay" ref={element}>
      {width > 0 && (
        <svg
          width={width}
          height={height + 18}
          role="img"
          aria-label={t('page.compare.weight.histograms', { min: formatNumber(min), max: formatNumber(max) })}
        >
          <g transform={`translate(${margin} 0)`}>
            {a && <path class="kept-bars original" d={path(a)} />}
            {b && <path class="outlined-bars" d={path(b)} />}
          </g>
          <ValueAxis axis={axis} width={width} height={height} />
        </svg>
      )}
    </div>
  );
}
