import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { LayerRow } from '../../src/protocol/engineService.js';
import type { FieldHandle } from '../controls.js';
import { SearchField } from '../controls.js';
import { formatInteger } from '../../src/messages/units.js';
import { t } from '../format/text.js';
import { LayerName } from '../layerName.js';
import { failureOf } from '../state/failureOf.js';
import { defaultQuery } from '../state/pageState.js';
import { client, commandFailure } from '../state/session.js';

const shownMatches = 50;
const settleMilliseconds = 80;

interface Matches {
  readonly search: string;
  readonly rows: readonly LayerRow[];
  readonly total: number;
}

/** Looks for a layer anywhere in the model, also in what is collapsed; a list below the field has what matches. */
export function GraphSearch(props: {
  readonly fieldRef: { current: FieldHandle | null };
  onFind(row: LayerRow): void;
  onLeave(): void;
}): JSX.Element {
  const [search, setSearch] = useState('');
  const [matches, setMatches] = useState<Matches | null>(null);
  const [active, setActive] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  /** Enter was pressed before the matches of what was typed had come. */
  const entered = useRef(false);

  useEffect(() => {
    entered.current = false;
    if (search === '') return setMatches(null);
    const controller = new AbortController();
    const query = { ...defaultQuery, search };
    const wait = setTimeout(() => {
      client
        .call('layers', { query, start: 0, end: shownMatches }, { signal: controller.signal })
        .then(({ rows, total }) => {
          if (controller.signal.aborted) return;
          setMatches({ search, rows, total });
          setActive(0);
          if (entered.current && rows[0]) find(rows[0]);
        })
        .catch((error: unknown) => (commandFailure.value = failureOf(error)));
    }, settleMilliseconds);
    return () => {
      clearTimeout(wait);
      controller.abort();
    };
  }, [search]);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, matches]);

  const close = (): void => {
    setSearch('');
    props.onLeave();
  };
  const find = (row: LayerRow): void => {
    close();
    props.onFind(row);
  };
  const choose = (position: number): void => {
    if (matches?.search !== search) entered.current = true;
    else if (matches.rows[position]) find(matches.rows[position]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = (matches?.rows.length ?? 0) - 1;
    if (event.key === 'ArrowDown') setActive(Math.min(last, active + 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(0, active - 1));
    else if (event.key === 'Home') setActive(0);
    else if (event.key === 'End') setActive(last);
    else if (event.key === 'Enter') choose(active);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
  };
  const more = matches ? matches.total - matches.rows.length : 0;
  return (
    <div
      class="graph-search"
      ref={root}
      onFocusOut={({ relatedTarget }) => {
        if (!root.current!.contains(relatedTarget as globalThis.Node | null)) setMatches(null);
      }}
    >
      <SearchField
        label={t('page.graph.search')}
        value={search}
        fieldRef={props.fieldRef}
        onInput={setSearch}
        onLeave={(key) => {
          if (key === 'ArrowDown' && matches && matches.rows.length > 0) list.current!.focus();
          else if (key === 'Enter') choose(active);
          else if (key === 'Escape') close();
        }}
      />
      {matches && matches.rows.length === 0 && (
        <p class="graph-matches quiet" role="status">
          {t('page.graph.noMatch', { search: matches.search })}
        </p>
      )}
      {matches && matches.rows.length > 0 && (
        <div class="graph-matches">
          <ul
            ref={list}
            role="listbox"
            tabIndex={0}
            aria-label={t('page.graph.matches')}
            aria-activedescendant={`${id}-${active}`}
            onKeyDown={onKeyDown}
          >
            {matches.rows.map((row, i) => (
              <li
                key={row.index}
                id={`${id}-${i}`}
                role="option"
                aria-selected={i === active}
                title={row.card.name}
                onPointerMove={() => i !== active && setActive(i)}
                onClick={() => choose(i)}
              >
                <LayerName name={row.card.name} />
                <span class="quiet">{row.card.op}</span>
              </li>
            ))}
          </ul>
          {more > 0 && <p class="quiet">{t('page.graph.moreMatches', { count: formatInteger(more) })}</p>}
        </div>
      )}
    </div>
  );
}
