import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { SentenceId } from '../../src/messages/catalog.js';
import type { DiagramItem, DiagramMetric } from '../../src/protocol/diagramCalls.js';
import { Value } from '../figure.js';
import { whole } from '../format/figures.js';
import { t } from '../format/text.js';
import type { Column } from '../grid/grid.js';
import { Grid } from '../grid/grid.js';
import { copyText } from '../state/session.js';
import { current, measured, pick } from './graphState.js';
import { metricFigure } from './metricFigure.js';
import type { Scene } from './scene.js';

const metricTitles: Readonly<Record<DiagramMetric, SentenceId>> = {
  parameters: 'page.graph.metric.parameters',
  bytes: 'page.graph.metric.bytes',
  macs: 'page.graph.metric.macs',
  zeros: 'page.graph.metric.zeros',
  range: 'page.graph.metric.range',
  activationBytes: 'page.graph.metric.activationBytes',
  energy: 'page.graph.metric.energy',
  time: 'page.graph.metric.time',
  error: 'page.graph.metric.error',
  sensitivity: 'page.graph.metric.sensitivity',
};

interface Row {
  readonly item: DiagramItem;
  readonly depth: number;
  /** NaN where it is not known. */
  readonly value: number;
}

/** The graph for those who cannot see it: every item that is visible, below what holds it. */
export function GraphTable(props: {
  readonly scene: Scene;
  onOpen(item: number): void;
  onSearch(): void;
}): JSX.Element {
  const { scene } = props;
  const known = measured.value;
  const depths = useMemo(() => depthsOf(scene), [scene]);
  const columns = useMemo((): readonly Column<Row, never>[] => {
    return [
      {
        id: 'name',
        title: 'page.graph.column.name',
        width: 'minmax(120px, 3fr)',
        cell: ({ item, depth }) => (
          <span style={{ paddingInlineStart: `${Math.min(depth, 12) * 12}px` }}>
            {item.expandable ? (item.expanded ? '▾ ' : '▸ ') : ''}
            {item.name || item.op}
          </span>
        ),
        exact: ({ item }) => item.name || item.op,
      },
      {
        id: 'kind',
        title: 'page.graph.column.kind',
        width: 'minmax(80px, 1fr)',
        cell: ({ item }) => item.op || t(`page.graph.kind.${item.kind}`),
      },
      {
        id: 'detail',
        title: 'page.graph.column.detail',
        width: 'minmax(80px, 1.4fr)',
        from: 560,
        cell: ({ item }) => item.detail,
      },
      {
        id: 'nodes',
        title: 'page.graph.column.nodes',
        width: '64px',
        numeric: true,
        cell: ({ item }) => whole(item.nodes).text,
      },
      {
        id: 'metric',
        title: known ? metricTitles[known.metric] : 'page.graph.column.metric',
        width: '120px',
        numeric: true,
        cell: ({ value }) => known && <Value figure={metricFigure(known.metric, value)} />,
        exact: ({ value }) => (known ? metricFigure(known.metric, value).exact : ''),
      },
    ];
  }, [known]);
  return (
    <Grid
      label={t('page.graph.table')}
      columns={columns}
      count={scene.items.length}
      revision={0}
      row={(at) => ({ item: scene.items[at]!, depth: depths[at]!, value: known?.values[at] ?? NaN })}
      rowKey={({ item }) => item.id}
      active={current.value}
      isSelected={({ item }) => item === scene.items[current.value]}
      sortedBy={undefined as never}
      descending={false}
      onActivate={pick}
      onOpen={props.onOpen}
      onSort={() => {}}
      onSearch={props.onSearch}
      onSight={() => {}}
      onCopy={copyText}
    />
  );
}

function depthsOf({ items }: Scene): Uint16Array {
  const depths = new Uint16Array(items.length);
  items.forEach(({ holder }, at) => (depths[at] = holder < 0 ? 0 : depths[holder]! + 1));
  return depths;
}
