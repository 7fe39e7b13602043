import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelOrder, channelRows, sortChannels } from '../../../webview/detail/channelOrder.js';

const channels = fc
  .array(fc.tuple(fc.float({ noDefaultInfinity: true }), fc.float({ noDefaultInfinity: true })))
  .map((pairs) => ({
    min: Float32Array.from(pairs, ([a, b]) => Math.min(a, b)),
    max: Float32Array.from(pairs, ([a, b]) => Math.max(a, b)),
  }));

describe('channels', () => {
  it('are all there in every order', () => {
    fc.assert(
      fc.property(channels, fc.boolean(), (ranges, byRange) => {
        const order = channelOrder(ranges, byRange);
        expect([...order].sort((a, b) => a - b)).toEqual([...ranges.min.keys()]);
      }),
    );
  });

  it('come from the widest to the narrowest, those without numbers last', () => {
    const ranges = { min: [0, NaN, -2, 0], max: [1, NaN, 2, 1] };
    expect(channelOrder(ranges, true)).toEqual([2, 0, 3, 1]);
    expect(channelOrder(ranges, false)).toEqual([0, 1, 2, 3]);
    expect(sortChannels(channelRows(ranges), 'max', false).map(({ channel }) => channel)).toEqual([0, 3, 2, 1]);
  });
});
