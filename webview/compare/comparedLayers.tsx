import type { JSX } from 'preact';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { formatInteger, formatPercent } from '../../src/messages/units.js';
import type { FieldHandle } from '../controls.js';
import { Checkbox, SearchField } from '../controls.js';
import { messageText, t } from '../format/text.js';
import { Grid } from '../grid/grid.js';
import { show } from '../overview/overviewPage.js';
import { Menu } from '../shell/menu.js';
import { Empty, FailureSentence, Loading } from '../shell/notices.js';
import {
  changeComparedQuery,
  compareAgain,
  comparedPosition,
  comparedQuery,
  comparedRows,
  comparedSelection,
  comparison,
  comparisonFailure,
  comparisonProgress,
  original,
  selectCompared,
  sortCompared,
} from '../state/comparison.js';
import { comparedWeights } from '../state/comparedWeights.js';
import { errors } from '../state/errors.js';
import { exportFile } from '../state/exports.js';
import { copyText, started } from '../state/session.js';
import { comparedColumns } from './comparedColumns.js';
import { WeightsPanel } from './weightsPanel.js';

/** The layers of both models, matched: what was done to each, or why nothing was, and what came of it. */
export function ComparedLayers(): JSX.Element {
  const region = useRef<HTMLElement>(null);
  const search = useRef<FieldHandle | null>(null);
  const focusTable = (): void => region.current!.querySelector<HTMLElement>('[role="grid"]')?.focus();
  const query = comparedQuery.value;
  const total = comparedRows.total.value;
  const selected = comparedSelection.value;
  // What fills the panel may make it higher.
  const weights = comparedWeights.value;
  useEffect(() => {
    if (selected !== null) uncover(region.current!);
  }, [selected, weights]);
  const failure = comparisonFailure.value ?? comparedRows.failure.value;
  if (failure) {
    return (
      <Empty action={{ text: t('page.tryAgain'), run: compareAgain }}>
        <FailureSentence failure={failure} />
      </Empty>
    );
  }
  if (comparison.value === null) {
    const progress = comparisonProgress.value;
    const stage = progress ? messageText(progress.stage) : t('page.compare.loading');
    const fraction = progress?.fraction ?? null;
    return <Loading label={fraction === null ? stage : `${stage} ${formatPercent(fraction, 0)}`} />;
  }
  return (
    <section class={`compared${selected ? ' open' : ''}`} ref={region} aria-label={t('page.compare.layers')}>
      <div class="toolbar">
        <SearchField
          label={t('page.layers.search')}
          value={query.search}
          fieldRef={search}
          onInput={(text) => changeComparedQuery({ search: text })}
          onLeave={focusTable}
        />
        <Checkbox checked={query.changedOnly} onChange={(changedOnly) => changeComparedQuery({ changedOnly })}>
          {t('page.compare.changedOnly')}
        </Checkbox>
        <div class="toolbar-end">
          <span class="row-count" aria-live="polite">
            {total === null ? '' : t('page.layers.count', { count: formatInteger(total) })}
          </span>
          <Menu
            label={t('page.export.comparison')}
            icon="download"
            items={[
              { text: t('page.export.csv'), run: () => exportComparison('csv') },
              { text: t('page.export.json'), run: () => exportComparison('json') },
            ]}
          />
        </div>
      </div>
      {total === 0 ? (
        <Empty
          action={{ text: t('page.layers.clear'), run: () => changeComparedQuery({ search: '', changedOnly: false }) }}
        >
          {query.search === '' ? t('page.compare.allSame') : t('page.layers.noMatch', { search: query.search })}
        </Empty>
      ) : (
        <Rows onSearch={() => search.current?.focus()} total={total ?? 0} />
      )}
      {selected && (
        <WeightsPanel
          row={selected}
          onClose={() => {
            selectCompared(-1);
            focusTable();
          }}
        />
      )}
    </section>
  );
}

/** As the table is sorted and filtered. */
function exportComparison(format: 'csv' | 'json'): void {
  const a = original.peek()!;
  const b = started.peek()!.opened.path;
  exportFile({ what: 'comparison', format, a, b, query: comparedQuery.peek() });
}

/** The panel lies over the table, or takes room from it: the row that it is about is brought back into sight. */
function uncover(compared: HTMLElement): void {
  const row = compared.querySelector('.grid-body.active');
  const panel = compared.querySelector('.weights');
  const scroller = compared.closest('.beside') ? compared.querySelector('.grid') : compared.parentElement;
  if (!row || !panel || !scroller) return;
  const covered = row.getBoundingClientRect().bottom - panel.getBoundingClientRect().top;
  if (covered > 0) scroller.scrollTop += covered;
}

function Rows(props: { readonly total: number; onSearch(): void }): JSX.Element {
  const { sortBy, descending, search } = comparedQuery.value;
  const position = comparedPosition.value;
  const onSight = useCallback((start: number, end: number) => comparedRows.need(start, end), []);
  return (
    <Grid
      label={t('page.compare.layers')}
      columns={errors.value ? comparedColumns.withErrors : comparedColumns.plain}
      count={props.total}
      revision={comparedRows.revision.value}
      row={(at) => comparedRows.row(at)}
      rowKey={(row) => row.index}
      active={position}
      isSelected={(row) => row === comparedRows.row(position)}
      sortedBy={sortBy}
      descending={descending}
      onActivate={selectCompared}
      onOpen={(at) => {
        const name = comparedRows.row(at)?.pair.b;
        if (name) show(name);
      }}
      onSort={sortCompared}
      onSearch={props.onSearch}
      onClearSearch={search === '' ? undefined : () => changeComparedQuery({ search: '' })}
      onSight={onSight}
      onCopy={copyText}
    />
  );
}
