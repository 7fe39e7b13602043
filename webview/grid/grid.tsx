/** A table of any length: ARIA grid, rows of 22 px drawn when in sight, sorted by its owner, walked by keyboard. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SentenceId } from '../../src/messages/catalog.js';
import { Icon } from '../icon.js';
import { t } from '../format/text.js';
import type { Move } from '../state/rowWindow.js';
import { moveRow } from '../state/rowWindow.js';
import { overscan, rowHeight, useVirtualRows } from './virtualRows.js';
import { useWidth } from './width.js';

export interface Column<Row, SortKey extends string> {
  readonly id: string;
  readonly title: SentenceId;
  /** What it is called where there is room, if that says more: in tooltips and menus. */
  readonly name?: SentenceId;
  /** A CSS grid track. */
  readonly width: string;
  readonly numeric?: boolean;
  readonly sort?: SortKey;
  /** Table width in pixels below which the column is left out. */
  readonly from?: number;
  cell(row: Row): ComponentChildren;
  /** What tooltip and copy give. */
  exact?(row: Row): string;
}

export interface GridProps<Row, SortKey extends string> {
  readonly label: string;
  readonly columns: readonly Column<Row, SortKey>[];
  readonly count: number;
  /** Moves when `row` answers anew. */
  readonly revision: number;
  row(position: number): Row | undefined;
  rowKey(row: Row): string | number;
  /** Position of the active row; -1 for none. */
  readonly active: number;
  isSelected(row: Row): boolean;
  readonly sortedBy: SortKey;
  readonly descending: boolean;
  onActivate(position: number): void;
  onOpen?(position: number): void;
  onSort(key: SortKey): void;
  onSearch?(): void;
  onClearSearch?(): void;
  onSight(start: number, end: number): void;
  /** Where the table was scrolled to when it was seen last, in pixels; null where the active row decides. */
  readonly scroll?: { initial(): number | null; onScroll(top: number): void };
  onCopy(text: string): void;
  /** Asks for the menu of the row at a position; the point is in pixels of the window. */
  onMenu?(position: number, point: { readonly x: number; readonly y: number }): void;
  /** Where rows hold others: how they stand in each other. The first column shows it. */
  readonly tree?: Tree<Row>;
}

export interface Tree<Row> {
  /** How many rows hold it. */
  depth(row: Row): number;
  /** Whether what it holds is seen; undefined for a row that holds nothing. */
  open(row: Row): boolean | undefined;
  onToggle(position: number): void;
}

const moves: Readonly<Record<string, Move>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Home: 'home',
  End: 'end',
};

export function Grid<Row, SortKey extends string>(props: GridProps<Row, SortKey>): JSX.Element {
  const { active, count } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const width = useWidth(scroller);
  const columns = props.columns.filter(({ from = 0 }) => width >= from);
  const [column, setColumn] = useState(0);
  const activeColumn = Math.min(column, columns.length - 1);
  const header = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => revealAcross(scroller.current!, header.current!.children[activeColumn]), [activeColumn]);
  const rows = useVirtualRows(scroller, count, active);
  const items = rows.getVirtualItems();

  const first = rows.range?.startIndex ?? 0;
  const last = rows.range?.endIndex ?? 0;
  useEffect(
    () => props.onSight(Math.max(0, first - overscan), last + 1 + overscan),
    [first, last, count, props.revision],
  );
  const restored = useRef(props.scroll?.initial() ?? null);
  useLayoutEffect(() => {
    if (count === 0) return;
    if (restored.current !== null) scroller.current!.scrollTop = restored.current;
    else if (active >= 0 && active < count) rows.scrollToIndex(active, { align: 'auto' });
    restored.current = null;
  }, [active, count > 0]);

  const position = useRef(active);
  position.current = active;
  useLayoutEffect(() => keepInSight(scroller.current!, () => position.current), []);

  const cellId = (position: number, cell: number): string => `${id}-${position}-${cell}`;
  const drawn = items.some(({ index }) => index === active) && props.row(active) !== undefined;

  const open = (position: number): void => {
    const row = props.row(position);
    if (row !== undefined && props.tree?.open(row) !== undefined) props.tree.onToggle(position);
    else props.onOpen?.(position);
  };
  const activate = (position: number): void => {
    props.onActivate(position);
    const row = props.row(position);
    if (row !== undefined && props.tree?.open(row) !== undefined) props.tree.onToggle(position);
  };
  const onContextMenu = (event: MouseEvent): void => {
    const pointed = event.target instanceof Element ? event.target.closest<HTMLElement>('.grid-body') : null;
    // The key that asks for a menu asks for that of the active row.
    const row = pointed ?? scroller.current!.querySelector<HTMLElement>('.grid-body.active');
    if (!props.onMenu || row === null || (!pointed && event.target !== scroller.current)) return;
    const position = Number(row.getAttribute('aria-rowindex')) - 2;
    const { left, bottom } = row.getBoundingClientRect();
    event.preventDefault();
    if (position !== active) props.onActivate(position);
    props.onMenu(position, pointed ? { x: event.clientX, y: event.clientY } : { x: left + 16, y: bottom });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === 'c') copyActive(event);
      return;
    }
    const move = moves[event.key];
    const sort = columns[activeColumn]?.sort;
    if (move !== undefined) {
      const inSight = Math.floor((scroller.current!.clientHeight - rowHeight) / rowHeight);
      const topmost = Math.min(Math.ceil(scroller.current!.scrollTop / rowHeight), count - 1);
      const begins = active < 0 && move !== 'home' && move !== 'end';
      const target = begins ? topmost : moveRow(active, move, count, inSight);
      if (target >= 0) props.onActivate(target);
    } else if (activeColumn === 0 && props.tree && walkTree(event.key, props, props.tree)) {
      // A row was opened or folded, or its holder is at hand now.
    } else if (event.key === 'ArrowLeft') setColumn(Math.max(0, activeColumn - 1));
    else if (event.key === 'ArrowRight') setColumn(Math.min(columns.length - 1, activeColumn + 1));
    else if (event.key === 'Enter' && active >= 0) open(active);
    else if (event.key === '/' && props.onSearch) props.onSearch();
    else if (event.key === 'Escape' && props.onClearSearch) props.onClearSearch();
    else if (event.key === 's' && sort !== undefined) props.onSort(sort);
    else return;
    event.preventDefault();
  };

  const copyActive = (event: KeyboardEvent): void => {
    const row = props.row(active);
    if (row === undefined || String(getSelection()) !== '') return;
    const texts = columns.filter(({ exact }) => exact).map((entry) => entry.exact!(row));
    event.preventDefault();
    event.stopPropagation();
    props.onCopy(event.shiftKey ? (columns[activeColumn]?.exact?.(row) ?? '') : texts.join('\t'));
  };

  return (
    <div
      ref={scroller}
      class="grid"
      role={props.tree ? 'treegrid' : 'grid'}
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-activedescendant={drawn ? cellId(active, activeColumn) : undefined}
      style={{ '--columns': columns.map((entry) => entry.width).join(' ') }}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
      onScroll={(event) => props.scroll?.onScroll(event.currentTarget.scrollTop)}
    >
      <div class="grid-rows" role="presentation" style={{ height: `${rows.getTotalSize()}px` }}>
        <div class="grid-header" role="rowgroup">
          <div class="grid-row" role="row" aria-rowindex={1} ref={header}>
            {columns.map((entry, i) => (
              <HeaderCell
                key={entry.id}
                column={entry}
                index={i}
                current={i === activeColumn}
                sorted={entry.sort === props.sortedBy ? (props.descending ? 'descending' : 'ascending') : 'none'}
                onSort={() => {
                  setColumn(i);
                  if (entry.sort !== undefined) props.onSort(entry.sort);
                }}
              />
            ))}
          </div>
        </div>
        <div role="rowgroup">
          {items.map(({ index, start }) => {
            const row = props.row(index);
            const selected = row !== undefined && props.isSelected(row);
            return (
              <div
                key={row === undefined ? `at${index}` : props.rowKey(row)}
                class={`grid-row grid-body${selected ? ' selected' : ''}${index === active ? ' active' : ''}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={selected}
                aria-level={row === undefined ? undefined : props.tree && props.tree.depth(row) + 1}
                aria-expanded={row === undefined ? undefined : props.tree?.open(row)}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => activate(index)}
                onDblClick={() => {
                  if (row !== undefined && props.tree?.open(row) === undefined) props.onOpen?.(index);
                }}
              >
                {row === undefined
                  ? columns.map((entry) => <div key={entry.id} class="grid-cell pending" role="gridcell" />)
                  : columns.map((entry, i) => (
                      <div
                        key={entry.id}
                        id={cellId(index, i)}
                        class={`grid-cell${entry.numeric ? ' numeric' : ''}${index === active && i === activeColumn ? ' current' : ''}`}
                        role="gridcell"
                        aria-colindex={i + 1}
                        title={entry.exact?.(row)}
                        onClick={() => setColumn(i)}
                      >
                        {props.tree && i === 0 ? (
                          <Branch depth={props.tree.depth(row)} open={props.tree.open(row)}>
                            {entry.cell(row)}
                          </Branch>
                        ) : (
                          entry.cell(row)
                        )}
                      </div>
                    ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** A first cell, as far in as its row stands in others. */
function Branch(props: {
  readonly depth: number;
  readonly open: boolean | undefined;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="branch" style={{ '--depth': props.depth }}>
      <span class="twistie">
        {props.open !== undefined && <Icon name={props.open ? 'chevron-down' : 'chevron-right'} />}
      </span>
      {props.children}
    </div>
  );
}

/**
 * The keys of a tree, by the pattern of WAI-ARIA: right opens, left folds, or goes to the row that holds this one.
 * Says whether the key did something.
 */
function walkTree<Row, SortKey extends string>(
  key: string,
  { active, row, onActivate }: GridProps<Row, SortKey>,
  tree: Tree<Row>,
): boolean {
  const at = row(active);
  if (at === undefined || (key !== 'ArrowRight' && key !== 'ArrowLeft')) return false;
  const open = tree.open(at);
  if (open === (key === 'ArrowLeft')) {
    tree.onToggle(active);
    return true;
  }
  if (key === 'ArrowRight') return false;
  for (let above = active - 1; above >= 0; above -= 1) {
    const candidate = row(above);
    if (candidate === undefined) return false;
    if (tree.depth(candidate) >= tree.depth(at)) continue;
    onActivate(above);
    return true;
  }
  return false;
}

/** Where a table loses height, as when a detail opens below it, a row that was in sight stays in sight. */
function keepInSight(scroller: HTMLElement, active: () => number): () => void {
  let height = scroller.clientHeight;
  const observer = new ResizeObserver(() => {
    const before = height;
    height = scroller.clientHeight;
    // The header is a row of its own.
    const bottom = (active() + 2) * rowHeight - scroller.scrollTop;
    if (active() >= 0 && bottom > height && bottom <= before) scroller.scrollTop += bottom - height;
  });
  observer.observe(scroller);
  return () => observer.disconnect();
}

/** Scrolls sideways, as little as it takes, until a cell is in sight, with the room that the row has at its ends. */
function revealAcross(scroller: HTMLElement, cell: Element | undefined): void {
  if (!(cell instanceof HTMLElement)) return;
  const { offsetLeft: left, offsetWidth: width, parentElement: row } = cell;
  const room = (row!.firstElementChild as HTMLElement).offsetLeft;
  const leftmost = left + width + room - scroller.clientWidth;
  scroller.scrollLeft = Math.min(left - room, Math.max(leftmost, scroller.scrollLeft));
}

function HeaderCell<Row, SortKey extends string>(props: {
  column: Column<Row, SortKey>;
  index: number;
  current: boolean;
  sorted: 'ascending' | 'descending' | 'none';
  onSort(): void;
}): JSX.Element {
  const { column, sorted } = props;
  const title = t(column.title);
  const name = t(column.name ?? column.title);
  return (
    <div
      class={`grid-cell${column.numeric ? ' numeric' : ''}${column.sort === undefined ? '' : ' sortable'}${props.current ? ' current' : ''}`}
      role="columnheader"
      aria-colindex={props.index + 1}
      aria-sort={column.sort === undefined ? undefined : sorted}
      title={column.sort === undefined ? name : t('page.grid.sort', { column: name })}
      onClick={props.onSort}
    >
      <span class="grid-title">{title}</span>
      {sorted !== 'none' && <Icon name={sorted === 'ascending' ? 'arrow-up' : 'arrow-down'} />}
    </div>
  );
}
