import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node } from '../../../../src/graph/node.js';
import { floats, graph, info, initializer, model, node } from '../../graph/builders.js';
import { structureOf } from './models.js';

/** Nodes that read some of the values before them; the last value is the output. Sizes are in floats. */
const networks = fc
  .array(
    fc.record({ size: fc.integer({ min: 1, max: 50 }), reads: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }) }),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((steps) =>
    steps.map(({ size, reads }, i) => ({ size, reads: [...new Set(reads.map((read) => read % (i + 1)))] })),
  );

type Network = readonly { readonly size: number; readonly reads: readonly number[] }[];

/** Value 0 is the input, of one float; value i + 1 is made by node i, by Concat and Slice to its size. */
function networkModel(network: Network) {
  return model(
    graph({
      nodes: network.map(({ reads }, i) =>
        node(
          'Made',
          reads.map((read) => `v${read}`),
          [`v${i + 1}`],
          {},
          { name: `n${i}` },
        ),
      ),
      inputs: [info('v0', [1])],
      outputs: [info(`v${network.length}`, [network.at(-1)!.size])],
      valueInfos: network.map(({ size }, i) => info(`v${i + 1}`, [size])),
    }),
  );
}

/** Looks at each moment at every value: is it made already, and read now or later? */
function peakOf(network: Network): number {
  const sizes = [1, ...network.map(({ size }) => size)];
  const last = network.length;
  let peak = 0;
  for (let now = 0; now < network.length; now++) {
    let alive = 0;
    for (const [value, size] of sizes.entries()) {
      const made = value - 1 <= now;
      const needed =
        value === last || value - 1 === now || network.slice(now).some(({ reads }) => reads.includes(value));
      if (made && needed) alive += size * 4;
    }
    peak = Math.max(peak, alive);
  }
  return peak;
}

const costOf = (nodes: Node[], outputs: string[], extra: Parameters<typeof graph>[0] = {}) =>
  structureOf(
    model(graph({ nodes, inputs: [info('x', ['batch', 10])], outputs: outputs.map((name) => info(name)), ...extra })),
  ).card.cost;

describe('the peak of activations', () => {
  it('is what looking at each moment at every value finds', () => {
    fc.assert(
      fc.property(networks, (network) => {
        expect(structureOf(networkModel(network)).card.cost.peakActivationBytes).toBe(peakOf(network));
      }),
    );
  });

  it('keeps what a residual branch reads later', () => {
    const nodes = [
      node('Relu', ['x'], ['a'], {}, { name: 'first' }),
      node('Concat', ['a', 'a', 'a'], ['b'], { axis: 1 }, { name: 'wide' }),
      node('ReduceSum', ['b'], ['c'], {}, { name: 'narrow' }),
      node('Add', ['a', 'c'], ['y'], {}, { name: 'join' }),
    ];
    expect(costOf(nodes, ['y'])).toMatchObject({ peakActivationBytes: 40 + 120 + 4, peakLayer: 'narrow' });
  });

  it('adds the peak of a body to what lives around its owner', () => {
    const body = (width: number) =>
      graph({
        nodes: [
          node('Tile', ['a', 'repeats'], ['t'], {}, { name: `tile${width}` }),
          node('ReduceSum', ['t', 'axes'], ['r'], {}, { name: `sum${width}` }),
        ],
        outputs: [info('r')],
        initializers: [
          initializer('repeats', { ...floats([2]), elementType: 'int64', bytes: int64Bytes(1, width) }),
          initializer('axes', { ...floats([1]), elementType: 'int64', bytes: int64Bytes(1) }),
        ],
      });
    const nodes = [
      node('Relu', ['x'], ['a'], {}, { name: 'first' }),
      node('If', ['yes'], ['y'], { then_branch: body(2), else_branch: body(5) }, { name: 'if' }),
      node('Relu', ['a'], ['z'], {}, { name: 'last' }),
    ];
    const inputs = [info('x', ['batch', 10]), info('yes', [], 'bool')];
    // Alive while the first branch sums: a (40), yes (1), what the If gives (4), the tile (80) and its sum (4).
    expect(costOf(nodes, ['y', 'z'], { inputs })).toMatchObject({
      peakActivationBytes: 40 + 1 + 4 + 80 + 4,
      peakLayer: 'if/then_branch/sum2',
    });
  });

  it('is unknown where a size is', () => {
    expect(costOf([node('NonZero', ['x'], ['y'])], ['y']).peakActivationBytes).toBeNull();
  });
});

function int64Bytes(...values: number[]) {
  const bytes = new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer);
  return { byteLength: bytes.length, resident: bytes, read: () => Promise.resolve(bytes) };
}
