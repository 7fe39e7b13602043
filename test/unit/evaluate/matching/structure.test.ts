import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchLayers } from '../../../../src/evaluate/matching/matchLayers.js';
import { Graph } from '../../../../src/graph/graph.js';
import { layersOf, type Layer } from '../../../../src/graph/layers.js';
import type { Initializer } from '../../../../src/graph/model.js';
import { Node } from '../../../../src/graph/node.js';
import { tensorOfArray } from '../../../../src/tensor/tensor.js';

/** One step of a network: a convolution with as many channels as it says, or an operator without weights. */
type Step = { readonly op: 'Conv'; readonly channels: number } | { readonly op: 'Relu' | 'Sigmoid' | 'Add' };

interface Network {
  readonly layers: Layer[];
  /** Which step each layer is; -1 for one that was put in. */
  readonly steps: number[];
}

/**
 * The steps in a row, each reading the one before, an Add also the one before that. `name` gives the names of nodes and values,
 * `weight` the numbers of a convolution. After the steps of `inserted` stands a Tanh more.
 */
function network(
  steps: readonly Step[],
  name: (step: number) => string,
  weight: (step: number) => number,
  inserted: ReadonlySet<number> = new Set(),
): Network {
  const nodes: Node[] = [];
  const initializers: Initializer[] = [];
  const order: number[] = [];
  let [before, last, channels] = ['x', 'x', 3];
  for (const [i, step] of steps.entries()) {
    const output = `${name(i)}.out`;
    const inputs = [last];
    if (step.op === 'Conv') {
      const data = Float32Array.from({ length: step.channels * channels * 9 }, (_, n) => Math.sin(n + 7 * weight(i)));
      const shape = [step.channels, channels, 3, 3];
      initializers.push({ name: `${name(i)}.w`, tensor: tensorOfArray({ elementType: 'float32', shape, data }) });
      inputs.push(`${name(i)}.w`);
      channels = step.channels;
    } else if (step.op === 'Add') inputs.push(before);
    nodes.push(new Node({ opType: step.op, name: name(i), inputs, outputs: [output] }));
    order.push(i);
    [before, last] = [last, output];
    if (!inserted.has(i)) continue;
    nodes.push(new Node({ opType: 'Tanh', name: `more ${name(i)}`, inputs: [last], outputs: [`${output}.more`] }));
    order.push(-1);
    last = `${output}.more`;
  }
  const graph = new Graph({ nodes, inputs: [{ name: 'x' }], outputs: [{ name: last }], initializers });
  const model = { irVersion: 8, opsets: new Map([['', 13]]), metadata: new Map(), graph, functions: [] };
  return { layers: layersOf(model), steps: order };
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ op: fc.constant('Conv' as const), channels: fc.integer({ min: 2, max: 5 }) }),
  fc.record({ op: fc.constantFrom('Relu' as const, 'Sigmoid' as const, 'Add' as const) }),
);

/** Of each layer of a the step that its partner is. */
async function partnersOf(a: Network, b: Network): Promise<(number | undefined)[]> {
  const { partnerOfA } = await matchLayers(a.layers, b.layers);
  return Array.from(partnerOfA, (j) => (j < 0 ? undefined : b.steps[j]));
}

describe('layers whose names say nothing', () => {
  it('are found again by their weights and surroundings, whatever the network', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const a = network(
          steps,
          (i) => `a${i}`,
          (i) => i,
        );
        const b = network(
          steps,
          (i) => `other/${steps.length - i}`,
          (i) => i,
        );
        expect(await partnersOf(a, b)).toEqual(steps.map((_, i) => i));
      }),
    );
  });

  it('are found again where layers were put in between', async () => {
    const inserted = fc.array(fc.nat(13), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), inserted, async (steps, places) => {
        const a = network(
          steps,
          (i) => `a${i}`,
          (i) => i,
        );
        const b = network(
          steps,
          (i) => `b${i}`,
          (i) => i,
          new Set(places),
        );
        const partners = await partnersOf(a, b);
        for (const [i, { op }] of steps.entries()) if (op === 'Conv') expect(partners[i]).toBe(i);
        expect(partners.every((partner) => partner !== undefined && partner >= 0)).toBe(true);
      }),
    );
  });

  it('are not led astray by names that an exporter counted up', async () => {
    const steps: Step[] = [3, 4, 5, 4, 3].flatMap((channels): Step[] => [{ op: 'Conv', channels }, { op: 'Relu' }]);
    const opOf = (list: readonly Step[]) => (i: number) => `${list[i]!.op}_${i}`;
    const a = network(steps, opOf(steps), (i) => i);
    const longer: Step[] = [{ op: 'Conv', channels: 3 }, { op: 'Relu' }, ...steps];
    const b = network(longer, opOf(longer), (i) => i - 2);
    expect((await partnersOf(a, b)).map((partner) => partner! - 2)).toEqual(steps.map((_, i) => i));
  });

  it('say what told that they are the same', async () => {
    const steps: Step[] = [{ op: 'Conv', channels: 4 }, { op: 'Relu' }, { op: 'Conv', channels: 4 }, { op: 'Sigmoid' }];
    const a = network(
      steps,
      (i) => `a${i}`,
      (i) => i,
    );
    const b = network(
      steps,
      (i) => (i === 3 ? 'a3' : `b${i}`),
      (i) => (i === 2 ? 99 : i),
    );
    const { matches } = await matchLayers(a.layers, b.layers);
    expect(matches.map(({ by }) => by)).toEqual(['weights', 'structure', 'structure', 'name']);
  });
});
