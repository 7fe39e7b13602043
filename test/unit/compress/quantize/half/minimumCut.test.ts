import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlowNetwork } from '../../../../../src/compress/quantize/half/minimumCut.js';

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly capacity: number;
}

const nodes = 7;

const edges = fc.array(
  fc.record({
    from: fc.nat({ max: nodes - 1 }),
    to: fc.nat({ max: nodes - 1 }),
    capacity: fc.oneof(fc.nat({ max: 4 }), fc.constant(Infinity)),
  }),
  { maxLength: 16 },
);

/** Of every way to part the nodes, with 0 on one side and the last on the other. */
function cheapest(list: readonly Edge[]): number {
  let least = Infinity;
  for (let side = 1; side < 1 << (nodes - 1); side += 2) {
    const within = (node: number) => ((side >> node) & 1) === 1;
    const crossing = list.filter(({ from, to }) => within(from) && !within(to));
    least = Math.min(
      least,
      crossing.reduce((sum, { capacity }) => sum + capacity, 0),
    );
  }
  return least;
}

describe('a least cut', () => {
  it('costs what the cheapest of all ways to part the nodes costs, and parts them so', () => {
    fc.assert(
      fc.property(edges, (list) => {
        const expected = cheapest(list);
        fc.pre(Number.isFinite(expected));
        const network = new FlowNetwork();
        for (let node = 0; node < nodes; node++) network.addNode();
        for (const { from, to, capacity } of list) network.connect(from, to, capacity);
        const { side, cost } = network.leastCut(0, nodes - 1);
        expect(cost).toBe(expected);
        const crossing = list.filter(({ from, to }) => side.has(from) && !side.has(to));
        expect(crossing.reduce((sum, { capacity }) => sum + capacity, 0)).toBe(expected);
        expect(side.has(0) && !side.has(nodes - 1)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
