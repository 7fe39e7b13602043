import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { TableColumn } from '../../src/inspect/export/table.js';
import type { WeightDetail } from '../../src/protocol/engineService.js';
import { formatInteger, formatNumber } from '../../src/messages/units.js';
import { ChartExport, tableItems } from '../charts/chartExport.js';
import type { Axis } from '../charts/histogramPath.js';
import { positionOf, rangesPath } from '../charts/histogramPath.js';
import { Checkbox } from '../controls.js';
import { Value } from '../figure.js';
import { inColumn } from '../format/figures.js';
import { t } from '../format/text.js';
import type { Column } from '../grid/grid.js';
import { Grid } from '../grid/grid.js';
import { useWidth } from '../grid/width.js';
import { changePageState, pageState } from '../state/pageState.js';
import { copyText } from '../state/session.js';
import type { ChannelKey, ChannelRow } from './channelOrder.js';
import { channelOrder, channelRows, sortChannels } from './channelOrder.js';
import { Disclosure } from './disclosure.js';
import type { Range } from './handles.js';

type Channels = NonNullable<WeightDetail['channels']>;

const height = 96;

/** The least and the greatest value of each channel: where they differ much, one scale for all wastes codes. */
export function ChannelsChart(props: {
  readonly weight: string;
  readonly channels: Channels;
  readonly range: Range | null;
}): JSX.Element {
  const { channels, range } = props;
  const element = useRef<HTMLDivElement>(null);
  const width = useWidth(element);
  const byRange = pageState.value.channelsByRange;
  const [pointed, setPointed] = useState<number | null>(null);
  const order = useMemo(() => channelOrder(channels, byRange), [channels, byRange]);
  const [low, high] = useMemo(() => extent(channels), [channels]);
  const axis: Axis = { min: low, max: high, start: height - 1, end: 1 };
  const path = useMemo(
    () => rangesPath(channels.min, channels.max, order, axis, Math.max(1, width)),
    [channels, order, width],
  );
  const at = pointed === null ? undefined : order[pointed];
  return (
    <section class="channels" aria-label={t('page.detail.channels')}>
      <div class="detail-bar">
        <h3>{t('page.detail.channels.count', { count: formatInteger(channels.count), axis: channels.axis })}</h3>
        <ChartExport
          label={t('page.export.channels')}
          suffix={`${props.weight}.channels`}
          find={() => element.current?.querySelector('svg')}
          items={tableItems(`${props.weight}.channels`, exportedColumns(channels), () => channels.min.keys())}
        />
        <Checkbox checked={byRange} onChange={(channelsByRange) => changePageState({ channelsByRange })}>
          {t('page.detail.channels.byRange')}
        </Checkbox>
      </div>
      <div
        class="channel-plot"
        ref={element}
        onPointerMove={(event) => {
          const { left } = element.current!.getBoundingClientRect();
          const slot = Math.floor(((event.clientX - left) / Math.max(1, width)) * order.length);
          setPointed(Math.min(order.length - 1, Math.max(0, slot)));
        }}
        onPointerLeave={() => setPointed(null)}
      >
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={t('page.detail.channels.label', {
            count: channels.count,
            min: formatNumber(low),
            max: formatNumber(high),
          })}
        >
          {pointed !== null && (
            <rect
              class="pointed"
              x={(pointed / order.length) * width}
              y={0}
              width={Math.max(1, width / order.length)}
              height={height}
            />
          )}
          <line class="axis" x1={0} x2={width} y1={positionOf(0, axis)} y2={positionOf(0, axis)} />
          <path class="kept-bars" d={path} />
          {range?.map((end, i) =>
            end >= low && end <= high ? (
              <line key={i} class="clip-line" x1={0} x2={width} y1={positionOf(end, axis)} y2={positionOf(end, axis)} />
            ) : null,
          )}
        </svg>
        <span class="most" aria-hidden="true">
          {formatNumber(high)}
        </span>
        <span class="least" aria-hidden="true">
          {formatNumber(low)}
        </span>
      </div>
      <p class="pointed-text quiet" aria-hidden="true">
        {at === undefined
          ? t('page.detail.channels.hint')
          : t('page.detail.channels.one', {
              channel: channelName(channels, at),
              min: formatNumber(channels.min[at]!),
              max: formatNumber(channels.max[at]!),
            })}
      </p>
      <Disclosure title={t('page.detail.table')}>{() => <ChannelTable channels={channels} />}</Disclosure>
    </section>
  );
}

const exportedColumns = (channels: Channels): TableColumn<number>[] => [
  { name: 'channel', cell: (bar) => channelName(channels, bar) },
  { name: 'min', cell: (bar) => channels.min[bar]! },
  { name: 'max', cell: (bar) => channels.max[bar]! },
];

/** A bar's channel, or the channels it stands for. */
function channelName({ perBar, count }: Channels, bar: number): string {
  if (perBar === 1) return String(bar);
  return `${bar * perBar}…${Math.min(count, (bar + 1) * perBar) - 1}`;
}

function extent({ min, max }: Channels): readonly [number, number] {
  let low = 0;
  let high = 0;
  for (let i = 0; i < min.length; i += 1) {
    if (min[i]! < low) low = min[i]!;
    if (max[i]! > high) high = max[i]!;
  }
  return [low, high];
}

const number = (
  id: 'min' | 'max' | 'range',
  title: 'page.layers.min' | 'page.layers.max' | 'page.detail.range',
): Column<ChannelRow, ChannelKey> => ({
  id,
  title,
  width: '1fr',
  numeric: true,
  sort: id,
  cell: (row) => <Value figure={inColumn(row[id])} />,
  exact: (row) => inColumn(row[id]).exact,
});

function ChannelTable({ channels }: { readonly channels: Channels }): JSX.Element {
  const [sort, setSort] = useState<{ key: ChannelKey; descending: boolean }>({ key: 'channel', descending: false });
  const [active, setActive] = useState(-1);
  const rows = useMemo(() => sortChannels(channelRows(channels), sort.key, sort.descending), [channels, sort]);
  const columns: readonly Column<ChannelRow, ChannelKey>[] = [
    {
      id: 'channel',
      title: 'page.detail.channel',
      width: '1fr',
      numeric: true,
      sort: 'channel',
      cell: (row) => channelName(channels, row.channel),
      exact: (row) => channelName(channels, row.channel),
    },
    number('min', 'page.layers.min'),
    number('max', 'page.layers.max'),
    number('range', 'page.detail.range'),
  ];
  return (
    <div class="channel-table">
      <Grid
        label={t('page.detail.channels')}
        columns={columns}
        count={rows.length}
        revision={0}
        row={(at) => rows[at]}
        rowKey={(row) => row.channel}
        active={active}
        isSelected={(row) => row === rows[active]}
        sortedBy={sort.key}
        descending={sort.descending}
        onActivate={setActive}
        onSort={(key) => {
          setSort({ key, descending: sort.key === key ? !sort.descending : key !== 'channel' && key !== 'min' });
          setActive(-1);
        }}
        onSight={() => {}}
        onCopy={copyText}
      />
    </div>
  );
}
