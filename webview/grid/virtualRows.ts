import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { Range } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

export const rowHeight = 22;
/** Rows that are drawn beyond those in sight, at either end. */
export const overscan = 12;

/** Rows of one height of which only those in sight are drawn. Row `kept` is always among them. */
export function useVirtualRows(
  scroller: RefObject<HTMLElement>,
  count: number,
  kept: number,
): Virtualizer<HTMLElement, HTMLElement> {
  const [, redraw] = useReducer<number, void>((round) => round + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    overscan,
    paddingStart: rowHeight,
    scrollPaddingStart: rowHeight,
    onChange: () => redraw(),
    rangeExtractor: ({ startIndex, endIndex, count: rows }: Range) => {
      const first = Math.max(0, startIndex - overscan);
      const last = Math.min(rows - 1, endIndex + overscan);
      const range = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
      if (kept >= 0 && kept < rows && (kept < first || kept > last)) range.push(kept);
      return range;
    },
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
