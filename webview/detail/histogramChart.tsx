import type { JSX } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { formatNumber } from '../../src/messages/units.js';
import type { Histogram } from '../../src/tensor/histogram.js';
import { gatherBins } from '../../src/tensor/growingHistogram.js';
import type { Axis, CountScale } from '../charts/histogramPath.js';
import { fullest, histogramPath, positionOf, valueAt } from '../charts/histogramPath.js';
import { ValueAxis } from '../charts/valueAxis.js';
import { count, share } from '../format/figures.js';
import { t } from '../format/text.js';
import { useWidth } from '../grid/width.js';
import type { Handle, Range } from './handles.js';
import { keyTarget } from './handles.js';
import { calibrated, effectOfRange, moveTo } from './clippingState.js';

const height = 132;
/** Room beside the plot for half a handle. */
const margin = 8;

/** What of a tensor its histogram needs; `name` is how it is called to those who hear it. */
export interface DrawnTensor {
  readonly name: string;
  readonly histogram: Histogram;
  readonly statistics: { readonly min: number; readonly max: number; readonly mean: number; readonly std: number };
}

/** A tensor's histogram, and where it has limits the clipping range as two handles on it. */
export function HistogramChart(props: {
  readonly tensor: DrawnTensor;
  readonly scale: CountScale;
  readonly limits: Range | null;
  readonly range: Range | null;
}): JSX.Element {
  const { tensor, scale, limits, range } = props;
  const element = useRef<HTMLDivElement>(null);
  const id = useId();
  const width = useWidth(element);
  const { histogram } = tensor;
  const bins = 2 ** Math.max(4, Math.floor(Math.log2(Math.max(1, width / 2))));
  const shown = gatherBins(histogram, bins);
  const [min, max] = limits ?? [shown.min, shown.max];
  const axis: Axis = { min, max, start: margin, end: Math.max(margin + 1, width - margin) };
  const left = positionOf(shown.min, axis);
  const right = positionOf(shown.max, axis);
  const path = histogramPath(shown.counts, Math.max(right - left, 1), height, scale, 0.75);
  const [low, high] = range ? [positionOf(range[0], axis), positionOf(range[1], axis)] : [0, width];
  const most = fullest(shown.counts);

  return (
    <div class="histogram" ref={element}>
      {width > 0 && (
        <>
          <svg width={width} height={height + 18} role="img" aria-label={describe(tensor)}>
            <clipPath id={`${id}-kept`}>
              <rect x={low} y={0} width={Math.max(0, high - low)} height={height} />
            </clipPath>
            {range && (
              <>
                <rect class="outside" x={axis.start} y={0} width={low - axis.start} height={height} />
                <rect class="outside" x={high} y={0} width={axis.end - high} height={height} />
              </>
            )}
            <g class="clipped-bars" transform={`translate(${left} 0)`}>
              <path d={path} />
            </g>
            <g clip-path={range ? `url(#${id}-kept)` : undefined}>
              <path class="kept-bars" transform={`translate(${left} 0)`} d={path} />
            </g>
            {limits && <CalibratorLines axis={axis} />}
            <ValueAxis axis={axis} width={width} height={height} />
          </svg>
          <span class="most" aria-hidden="true" title={t('page.detail.most')}>
            {count(most).text}
          </span>
          {range && limits && (
            <>
              <ClippingHandle handle="low" value={range[0]} at={low} axis={axis} limits={limits} chart={element} />
              <ClippingHandle handle="high" value={range[1]} at={high} axis={axis} limits={limits} chart={element} />
            </>
          )}
        </>
      )}
    </div>
  );
}

/** Pixels beside a line that its name takes. */
const nameWidth = 13;

/** Where each method of calibration would put the ends of the range; each is named along its upper end. */
function CalibratorLines({ axis }: { readonly axis: Axis }): JSX.Element {
  const byEnd = [...calibrated.value].sort((a, b) => b.range[1] - a.range[1]);
  let free = Infinity;
  return (
    <g class="calibrators" aria-hidden="true">
      {byEnd.map(({ title, range: ends }) => {
        const end = positionOf(ends[1], axis) - 4;
        free = Math.min(end, free - nameWidth);
        return (
          <g key={title}>
            <EndLines axis={axis} ends={ends} />
            <Along at={free}>{t(title)}</Along>
          </g>
        );
      })}
    </g>
  );
}

/** A name that runs up to the top of the chart. */
function Along(props: { readonly at: number; readonly children: string }): JSX.Element {
  return (
    <text transform={`translate(${props.at} 2) rotate(-90)`} text-anchor="end">
      {props.children}
    </text>
  );
}

function EndLines({ axis, ends }: { readonly axis: Axis; readonly ends: Range }): JSX.Element {
  return (
    <>
      {ends.map((end, i) => (
        <line key={i} x1={positionOf(end, axis)} x2={positionOf(end, axis)} y1={0} y2={height} />
      ))}
    </>
  );
}

function describe({ name, statistics }: DrawnTensor): string {
  return t('page.detail.histogram.label', {
    weight: name,
    min: formatNumber(statistics.min),
    max: formatNumber(statistics.max),
    mean: formatNumber(statistics.mean),
    std: formatNumber(statistics.std),
  });
}

function ClippingHandle(props: {
  readonly handle: Handle;
  readonly value: number;
  readonly at: number;
  readonly axis: Axis;
  readonly limits: Range;
  readonly chart: { readonly current: HTMLElement | null };
}): JSX.Element {
  const { handle, value, limits } = props;
  const effect = effectOfRange.value;
  const clipped = effect && (handle === 'low' ? effect.clippedLow : effect.clippedHigh);
  const follow = (event: PointerEvent): void => {
    const { left } = props.chart.current!.getBoundingClientRect();
    moveTo(handle, valueAt(event.clientX - left, props.axis));
  };
  return (
    <div
      class={`handle ${handle}`}
      role="slider"
      tabIndex={0}
      aria-label={t(handle === 'low' ? 'page.detail.clip.low' : 'page.detail.clip.high')}
      aria-valuemin={limits[0]}
      aria-valuemax={limits[1]}
      aria-valuenow={value}
      aria-valuetext={t('page.detail.clip.value', {
        value: formatNumber(value),
        share: clipped === null ? '' : share(clipped).text,
      })}
      style={{ transform: `translateX(${props.at}px)`, height: `${height}px` }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus();
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) follow(event);
      }}
      onKeyDown={(event) => {
        const target = keyTarget(event.key, event.shiftKey, value, limits);
        if (target === undefined) return;
        event.preventDefault();
        moveTo(handle, target);
      }}
    >
      <span class="grip" />
    </div>
  );
}
