import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Json } from '../../../src/compress/method.js';
import {
  changePageState,
  defaultPageState,
  pageState,
  parsePageState,
  persistPageState,
} from '../../../webview/state/pageState.js';

describe('the state a page remembers', () => {
  it('reads what it wrote', () => {
    const state = {
      ...defaultPageState,
      page: 'compare',
      query: {
        search: 'conv',
        sortBy: 'bytes',
        descending: true,
        weightsOnly: true,
        groupBy: 'scope',
        unfolded: ['encoder', 'encoder/0'],
      },
      selection: { index: 3, name: '/conv2/Conv' },
      position: 1,
      detailTab: 'channels',
      columns: { macs: true, op: false },
      clipping: { bits: 4, symmetric: false, perChannel: true },
      ranges: { '3\nconv2.weight': [-0.25, 0.5] },
    } as const;
    expect(parsePageState(JSON.parse(JSON.stringify(state)))).toEqual(state);
  });

  it('takes any JSON, and what does not fit is the default', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const state = parsePageState(json as Json);
        expect(parsePageState(JSON.parse(JSON.stringify(state)))).toEqual(state);
      }),
    );
    expect(parsePageState(null)).toEqual(defaultPageState);
    expect(
      parsePageState({ page: 'nowhere', query: { sortBy: 'colour' }, clipping: { bits: 9 }, selection: { index: -1 } }),
    ).toEqual(defaultPageState);
  });

  it('drops clipping ranges that are none', () => {
    const ranges = { good: [-1, 1], turned: [1, -1], empty: [1, 1], short: [1], words: ['a', 'b'], no: null };
    expect(parsePageState({ ranges }).ranges).toEqual({ good: [-1, 1] });
  });
});

describe('persisting the state', () => {
  afterEach(() => {
    vi.useRealTimers();
    pageState.value = defaultPageState;
  });

  it('writes once after many changes, and at the end what is not written yet', () => {
    vi.useFakeTimers();
    const written: Json[] = [];
    const stop = persistPageState((state) => written.push(state), 400);
    for (let position = 1; position <= 50; position += 1) changePageState({ position });
    expect(written).toEqual([]);
    vi.advanceTimersByTime(400);
    expect(written.map((state) => parsePageState(state).position)).toEqual([50]);
    changePageState({ position: 51 });
    stop();
    expect(written.map((state) => parsePageState(state).position)).toEqual([50, 51]);
    changePageState({ position: 52 });
    vi.advanceTimersByTime(1000);
    expect(written).toHaveLength(2);
  });

  it('writes nothing when nothing changed', () => {
    vi.useFakeTimers();
    const written: Json[] = [];
    persistPageState((state) => written.push(state), 400)();
    expect(written).toEqual([]);
  });
});
