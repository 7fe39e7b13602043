import type { JSX } from 'preact';
import { useCallback, useMemo, useRef } from 'preact/hooks';
import type { LayerRow, TableRow } from '../../src/protocol/engineService.js';
import type { FieldHandle } from '../controls.js';
import { Checkbox, Dropdown, SearchField } from '../controls.js';
import { DetailPanel } from '../detail/detailPanel.js';
import { formatInteger } from '../../src/messages/units.js';
import { t } from '../format/text.js';
import type { Tree } from '../grid/grid.js';
import { Grid } from '../grid/grid.js';
import { useWidth } from '../grid/width.js';
import { Empty, FailureSentence } from '../shell/notices.js';
import { openDetail } from '../state/detailFocus.js';
import {
  awaitedRow,
  changeQuery,
  isGroup,
  layerRows,
  measureAgain,
  measureInSight,
  selectRow,
  sortLayers,
  statisticsFailure,
  toggleGroup,
} from '../state/layerRows.js';
import { changePageState, defaultQuery, groupings, pageState } from '../state/pageState.js';
import { changeTabState, tabState } from '../state/tabState.js';
import { copyText, started } from '../state/session.js';
import { chosenColumns } from './columnChoice.js';
import { layerColumns } from './columns.js';
import { ColumnsMenu } from './columnsMenu.js';
import { LayersExportMenu } from './exportMenu.js';
import { openLayerMenu } from './layerMenu.js';

const rememberedScroll = {
  initial: () => tabState().layersScroll,
  onScroll: (layersScroll: number) => changeTabState({ layersScroll }),
};

/** Width in pixels from which the detail stands beside the table. */
const besideFrom = 700;

export function LayersPage(): JSX.Element {
  const page = useRef<HTMLDivElement>(null);
  const search = useRef<FieldHandle | null>(null);
  const width = useWidth(page);
  const { query, selection, position, detailOpen } = pageState.value;
  const open = detailOpen && selection !== null;

  const focusTable = (): void => page.current!.querySelector<HTMLElement>('.grid')?.focus();
  const closeDetail = (): void => {
    changePageState({ detailOpen: false });
    focusTable();
  };

  return (
    <div class="layers" ref={page}>
      <div class="toolbar">
        <SearchField
          label={t('page.layers.search')}
          value={query.search}
          fieldRef={search}
          onInput={(text) => changeQuery({ search: text })}
          onLeave={focusTable}
        />
        <Checkbox checked={query.weightsOnly} onChange={(weightsOnly) => changeQuery({ weightsOnly })}>
          {t('page.layers.weightsOnly')}
        </Checkbox>
        <Dropdown
          label={t('page.layers.groupBy')}
          class="group-by"
          value={query.groupBy}
          options={groupings.map((value) => ({ value, text: t(`page.layers.groupBy.${value}`) }))}
          onChange={(groupBy) => changeQuery({ groupBy, unfolded: [] })}
        />
        <div class="toolbar-end">
          <RowCount />
          <ColumnsMenu />
          <LayersExportMenu />
        </div>
      </div>
      {statisticsFailure.value && (
        <p class="inline-failure">
          <FailureSentence failure={statisticsFailure.value} />{' '}
          <button class="link" onClick={measureAgain}>
            {t('page.tryAgain')}
          </button>
        </p>
      )}
      <div class={`split${open ? (width >= besideFrom ? ' beside' : ' below') : ''}`}>
        <LayerTable
          selected={selection?.index ?? -1}
          position={selection === null && query.groupBy === 'none' && awaitedRow.value === null ? -1 : position}
          onSearch={() => search.current?.focus()}
          onOpen={(at) => {
            selectRow(at);
            openDetail();
          }}
        />
        {open && <DetailPanel layer={selection} onClose={closeDetail} />}
      </div>
    </div>
  );
}

const tree: Tree<TableRow> = {
  depth: (row) => (isGroup(row) ? row.group.depth : row.depth),
  open: (row) => (isGroup(row) ? row.group.open : undefined),
  onToggle: toggleGroup,
};

function RowCount(): JSX.Element {
  const { groupBy } = pageState.value.query;
  // Of rows that are gathered it would count groups and what is unfolded.
  const total = groupBy === 'none' ? layerRows.total.value : null;
  const all = started.value!.opened.layerCount;
  return (
    <span class="row-count" aria-live="polite">
      {total === null
        ? ''
        : total === all
          ? t('page.layers.count', { count: formatInteger(all) })
          : t('page.layers.countOf', { count: formatInteger(total), all: formatInteger(all) })}
    </span>
  );
}

function LayerTable(props: {
  readonly selected: number;
  readonly position: number;
  onSearch(): void;
  onOpen(position: number): void;
}): JSX.Element {
  const revision = layerRows.revision.value;
  const total = layerRows.total.value;
  const { query, columns: choices } = pageState.value;
  const columns = useMemo(() => chosenColumns(layerColumns, choices), [choices]);
  const onSight = useCallback((start: number, end: number) => {
    layerRows.need(start, end);
    const rows: LayerRow[] = [];
    for (let at = start; at < end; at += 1) {
      const row = layerRows.row(at);
      if (row && !isGroup(row)) rows.push(row);
    }
    measureInSight(rows);
  }, []);
  if (layerRows.failure.value) {
    return (
      <Empty action={{ text: t('page.tryAgain'), run: () => layerRows.askAgain() }}>
        <FailureSentence failure={layerRows.failure.value} />
      </Empty>
    );
  }
  if (total === 0) {
    const filtered = query.search !== '' || query.weightsOnly;
    return filtered ? (
      <Empty action={{ text: t('page.layers.clear'), run: () => changeQuery({ ...defaultQuery }) }}>
        {query.search === '' ? t('page.layers.noWeights') : t('page.layers.noMatch', { search: query.search })}
      </Empty>
    ) : (
      <Empty>{t('page.layers.none')}</Empty>
    );
  }
  return (
    <Grid
      label={t('page.layers')}
      columns={columns}
      count={total ?? 0}
      revision={revision}
      row={(at) => layerRows.row(at)}
      rowKey={(row) => (isGroup(row) ? `group ${row.group.key}` : row.index)}
      active={props.position}
      isSelected={(row) => !isGroup(row) && row.index === props.selected}
      sortedBy={query.sortBy}
      descending={query.descending}
      onActivate={selectRow}
      onOpen={props.onOpen}
      onSort={sortLayers}
      onSearch={props.onSearch}
      onClearSearch={query.search === '' ? undefined : () => changeQuery({ search: '' })}
      onSight={onSight}
      scroll={rememberedScroll}
      onCopy={copyText}
      onMenu={openLayerMenu}
      tree={query.groupBy === 'none' ? undefined : tree}
    />
  );
}
