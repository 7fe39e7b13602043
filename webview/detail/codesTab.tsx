import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { TableColumn } from '../../src/inspect/export/table.js';
import { formatInteger, formatNumber } from '../../src/messages/units.js';
import type { CodesDetail, LayerRow } from '../../src/protocol/engineService.js';
import { ChartExport, tableItems } from '../charts/chartExport.js';
import type { Axis } from '../charts/histogramPath.js';
import { histogramPath, rangesPath } from '../charts/histogramPath.js';
import { ValueAxis } from '../charts/valueAxis.js';
import { TextField } from '../controls.js';
import { Value } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { count, real, share } from '../format/figures.js';
import { t } from '../format/text.js';
import { useWidth } from '../grid/width.js';
import { FailureSentence } from '../shell/notices.js';
import { codes, codesFailure } from '../state/weightCodes.js';
import { pageState } from '../state/pageState.js';
import { shownWeight } from '../state/weightDetail.js';
import { WeightTitle } from './measuredWeight.js';
import { ParameterSets } from './parameterSets.js';

const height = 132;
/** Of the plot of scales. */
const scalesHeight = 96;
const margin = 8;

/** The integers that a quantized weight is stored as: which are used, which lie at the ends, and the grid they are on. */
export function CodesTab({ row }: { readonly row: LayerRow }): JSX.Element {
  const weight = shownWeight.value;
  if (weight === null) return <p class="quiet tab-empty">{t('page.detail.noWeights')}</p>;
  const found = codes.value;
  return (
    <>
      <WeightTitle layer={row.index} weight={weight} weights={row.card.weights} />
      {codesFailure.value ? (
        <p class="quiet">
          <FailureSentence failure={codesFailure.value} />
        </p>
      ) : weight.storage !== 'quantized' ? (
        <p class="quiet tab-empty">{t('page.detail.codes.none')}</p>
      ) : found === undefined ? (
        <div class="detail-pending" aria-busy="true" />
      ) : found === null ? (
        <p class="quiet tab-empty">{t('page.detail.codes.none')}</p>
      ) : (
        <Codes key={`${found.layer} ${found.weight}`} detail={found} />
      )}
    </>
  );
}

function Codes({ detail }: { readonly detail: CodesDetail }): JSX.Element {
  const { grid, first, last } = detail;
  const [index, setIndex] = useState(0);
  const at = Math.min(index, grid.leastScale.length - 1);
  const zeroPointAt = grid.leastZeroPoint.length === grid.leastScale.length ? at : 0;
  return (
    <>
      <CodesChart detail={detail} />
      <CodesFigures detail={detail} />
      {grid.count > 1 && <ScalesChart detail={detail} />}
      {grid.count > 1 && (
        <div class="codes-index">
          <span>{t(detail.blockSize === null ? 'page.detail.codes.channel' : 'page.detail.codes.block')}</span>
          <TextField
            label={t(detail.blockSize === null ? 'page.detail.codes.channel' : 'page.detail.codes.block')}
            kind="number"
            placeholder="0"
            value={String(at * grid.perBar)}
            onChange={(text) => setIndex(indexOf(text, grid))}
          />
          <span class="quiet">{t('page.detail.codes.of', { count: formatInteger(grid.count) })}</span>
        </div>
      )}
      <ParameterSets
        grid={{ first, last, scale: grid.leastScale[at]!, zeroPoint: grid.leastZeroPoint[zeroPointAt] ?? 0 }}
      />
    </>
  );
}

/** The bar of a channel that was typed. */
function indexOf(text: string, { count: all, perBar }: CodesDetail['grid']): number {
  const channel = Math.round(Number(text));
  return Number.isFinite(channel) ? Math.floor(Math.min(all - 1, Math.max(0, channel)) / perBar) : 0;
}

function CodesChart({ detail }: { readonly detail: CodesDetail }): JSX.Element {
  const { counts, first, last, codesPerCount, weight } = detail;
  const element = useRef<HTMLDivElement>(null);
  const width = useWidth(element);
  const scale = pageState.value.logCounts ? 'log' : 'linear';
  const axis: Axis = { min: first, max: last + 1, start: margin, end: Math.max(margin + 1, width - margin) };
  const path = histogramPath(counts, Math.max(1, axis.end - axis.start), height, scale, 0.75);
  const columns: TableColumn<number>[] = [
    { name: 'code', cell: (i) => first + i * codesPerCount },
    { name: 'count', cell: (i) => counts[i]! },
  ];
  return (
    <section aria-label={t('page.detail.codes.histogram')}>
      <div class="detail-bar">
        <h3>{t('page.detail.codes.histogram')}</h3>
        <ChartExport
          label={t('page.export.histogram')}
          suffix={`${weight}.codes`}
          find={() => element.current?.querySelector('svg')}
          items={tableItems(`${weight}.codes`, columns, () => counts.keys())}
        />
      </div>
      <div class="histogram" ref={element}>
        {width > 0 && (
          <svg width={width} height={height + 18} role="img" aria-label={describe(detail)}>
            <path class="kept-bars" transform={`translate(${axis.start} 0)`} d={path} />
            <ValueAxis axis={axis} width={width} height={height} />
          </svg>
        )}
      </div>
    </section>
  );
}

const describe = ({ weight, used, first, last }: CodesDetail): string =>
  t('page.detail.codes.label', { weight, used: formatInteger(used), codes: formatInteger(last - first + 1) });

function CodesFigures({ detail }: { readonly detail: CodesDetail }): JSX.Element {
  const { first, last, used, elements, least, greatest, atLeast, atGreatest, grid } = detail;
  const all = last - first + 1;
  const entries: [string, Figure][] = [
    [t('page.detail.codes.used'), { text: `${least} … ${greatest}`, exact: `${least} … ${greatest}` }],
    [t('page.detail.unused'), unusedFigure(all - used, all)],
    [
      t('page.detail.codes.atEnds'),
      { ...share((atLeast + atGreatest) / Math.max(1, elements)), exact: atEnds(detail) },
    ],
    [t('page.detail.codes.scales'), spread(grid.leastScale, grid.greatestScale)],
    [t('page.detail.codes.zeroPoints'), spread(grid.leastZeroPoint, grid.greatestZeroPoint)],
    [t('page.detail.codes.numbers'), count(elements)],
  ];
  return (
    <dl class="figures">
      {entries.map(([label, figure]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <Value figure={figure} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const unusedFigure = (unused: number, all: number): Figure => ({
  text: t('page.detail.unused.of', { unused: count(unused).text, codes: count(all).text }),
  exact: t('page.detail.unused.of', { unused, codes: all }),
});

const atEnds = ({ least, greatest, atLeast, atGreatest }: CodesDetail): string =>
  t('page.detail.codes.atEnds.exact', {
    least,
    greatest,
    atLeast: formatInteger(atLeast),
    atGreatest: formatInteger(atGreatest),
  });

function spread(least: Float64Array, greatest: Float64Array): Figure {
  if (least.length === 0) return real(0);
  const [low, high] = [least.reduce((a, b) => Math.min(a, b)), greatest.reduce((a, b) => Math.max(a, b))];
  return low === high ? real(low) : { text: `${formatNumber(low)} … ${formatNumber(high)}`, exact: `${low} … ${high}` };
}

/** The scale of each channel or block, as bars from 0. */
function ScalesChart({ detail: { grid, weight } }: { readonly detail: CodesDetail }): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const width = useWidth(element);
  const { greatestScale: scales } = grid;
  const most = scales.reduce((a, b) => Math.max(a, b), 0);
  const order = Uint32Array.from(scales, (_, i) => i);
  const axis: Axis = { min: 0, max: most, start: scalesHeight - 1, end: 1 };
  const columns: TableColumn<number>[] = [
    { name: 'index', cell: (i) => i * grid.perBar },
    { name: 'scale', cell: (i) => scales[i]! },
    { name: 'zero_point', cell: (i) => grid.leastZeroPoint[i] ?? 0 },
  ];
  return (
    <section aria-label={t('page.detail.codes.scales')}>
      <div class="detail-bar">
        <h3>{t('page.detail.codes.scales.count', { count: formatInteger(grid.count) })}</h3>
        <ChartExport
          label={t('page.detail.codes.scales.save')}
          suffix={`${weight}.scales`}
          find={() => element.current?.querySelector('svg')}
          items={tableItems(`${weight}.scales`, columns, () => order.keys())}
        />
      </div>
      <div class="channel-plot" ref={element}>
        <svg
          width={width}
          height={scalesHeight}
          role="img"
          aria-label={t('page.detail.codes.scales.label', {
            count: formatInteger(grid.count),
            max: formatNumber(most),
          })}
        >
          <path
            class="kept-bars"
            d={rangesPath(new Float64Array(scales.length), scales, order, axis, Math.max(1, width))}
          />
        </svg>
        <span class="most" aria-hidden="true">
          {formatNumber(most)}
        </span>
      </div>
    </section>
  );
}
