import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { formatDecibels } from '../../src/messages/units.js';
import { tickLabels, ticks } from '../charts/histogramPath.js';
import { t } from '../format/text.js';
import { useWidth } from '../grid/width.js';
import type { ErrorLine } from '../state/errors.js';
import type { PlotBox } from './errorPlot.js';
import { decibelRange, dotsPath, linePath, pointAt, xOf, yOf } from './errorPlot.js';

const height = 168;
const labelWidth = 40;

const spoken = (decibels: number): string =>
  Number.isNaN(decibels)
    ? t('page.unknown')
    : decibels === Infinity
      ? t('page.compare.errors.none')
      : formatDecibels(decibels);

/**
 * Local SQNR as dots and cumulative SQNR as a line, along the graph. The arrows walk along it, Enter and a click select the
 * layer.
 */
export function ErrorChart(props: {
  readonly line: ErrorLine;
  /** The selected point; -1 for none. */
  readonly selected: number;
  onSelect(point: number): void;
}): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const width = useWidth(element);
  const { local, cumulative, names } = props.line;
  const points = names.length;
  const box: PlotBox = {
    left: labelWidth,
    right: Math.max(labelWidth + 1, width - 4),
    top: 26,
    bottom: height - 8,
    infinite: 8,
  };
  const range = decibelRange([...local, ...cumulative]);
  const marks = ticks(range.min, range.max, 5);
  const labels = tickLabels(marks);
  const anyInfinite = [...local, ...cumulative].includes(Infinity);
  const text = (point: number): string =>
    t('page.compare.errors.point', {
      layer: names[point] ?? '',
      local: spoken(local[point] ?? NaN),
      cumulative: spoken(cumulative[point] ?? NaN),
    });
  const atEvent = (event: MouseEvent): number =>
    pointAt(event.clientX - element.current!.getBoundingClientRect().left, points, box);
  const at = Math.max(0, props.selected);
  return (
    <div
      class="error-chart"
      ref={element}
      role="slider"
      tabIndex={0}
      aria-label={t('page.compare.errors.chart')}
      aria-valuemin={1}
      aria-valuemax={points}
      aria-valuenow={at + 1}
      aria-valuetext={text(at)}
      onMouseMove={(event) => (element.current!.title = text(atEvent(event)))}
      onClick={(event) => props.onSelect(atEvent(event))}
      onKeyDown={(event) => {
        const target = keyTarget(event.key, props.selected, points);
        if (target === undefined) return;
        event.preventDefault();
        props.onSelect(target);
      }}
    >
      {width > 0 && (
        <svg width={width} height={height} aria-hidden="true">
          {marks.map((mark, i) => {
            const y = yOf(mark, range, box);
            return (
              <g key={mark}>
                <line class="gridline" x1={box.left} x2={box.right} y1={y} y2={y} />
                <text x={labelWidth - 6} y={y + 4} text-anchor="end">
                  {labels[i]}
                </text>
              </g>
            );
          })}
          <text x={labelWidth - 6} y={box.infinite + 4} text-anchor="end">
            {anyInfinite ? formatDecibels(Infinity) : t('page.compare.errors.unit')}
          </text>
          {props.selected >= 0 && (
            <line
              class="error-cursor"
              x1={xOf(props.selected, points, box)}
              x2={xOf(props.selected, points, box)}
              y1={0}
              y2={height}
            />
          )}
          <path class="error-cumulative" d={linePath(cumulative, range, box)} />
          <path class="error-local" d={dotsPath(local, range, box)} />
        </svg>
      )}
    </div>
  );
}

/** Undefined for keys that lead nowhere. */
function keyTarget(key: string, selected: number, points: number): number | undefined {
  const page = Math.max(1, Math.round(points / 10));
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: selected + 1,
    ArrowUp: selected + 1,
    ArrowLeft: selected - 1,
    ArrowDown: selected - 1,
    PageUp: selected + page,
    PageDown: selected - page,
    Home: 0,
    End: points - 1,
    Enter: selected,
  };
  const target = steps[key];
  return target === undefined ? undefined : Math.min(points - 1, Math.max(0, target));
}
