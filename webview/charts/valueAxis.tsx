import type { JSX } from 'preact';
import type { Axis } from './histogramPath.js';
import { positionOf, tickLabels, ticks } from './histogramPath.js';

/** The line below a histogram, with round values; 18 pixels high below `height`. */
export function ValueAxis(props: {
  readonly axis: Axis;
  readonly width: number;
  readonly height: number;
}): JSX.Element {
  const { axis, width, height } = props;
  const marks = ticks(axis.min, axis.max, Math.max(2, Math.floor(width / 72)));
  const labels = tickLabels(marks);
  return (
    <>
      <line class="axis" x1={0} x2={width} y1={height + 0.5} y2={height + 0.5} />
      {marks.map((mark, i) => {
        const at = positionOf(mark, axis);
        const anchor = at < 24 ? 'start' : at > width - 24 ? 'end' : 'middle';
        return (
          <g key={mark}>
            <line class="axis" x1={at} x2={at} y1={height} y2={height + 4} />
            <text x={anchor === 'start' ? 0 : anchor === 'end' ? width : at} y={height + 15} text-anchor={anchor}>
              {labels[i]}
            </text>
          </g>
        );
      })}
    </>
  );
}
