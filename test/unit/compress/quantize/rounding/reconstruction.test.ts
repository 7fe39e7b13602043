import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { noActivation } from '../../../../../src/compress/quantize/rounding/activationBehind.js';
import type { FittedLayer } from '../../../../../src/compress/quantize/rounding/reconstructionModel.js';
import { lossModel, stepModel, stretch } from '../../../../../src/compress/quantize/rounding/reconstructionModel.js';
import { loadModel } from '../../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import type { Feeds } from '../../../../../src/runtime/session.js';
import { node } from '../smallModels.js';
import { runnerPath } from '../../../runnerPath.js';
import { drawn } from './drawnDataset.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

interface Drawn {
  readonly groups: number;
  readonly outputs: number;
  readonly inputs: number;
  readonly rows: number;
  readonly activation: FittedLayer['activation'];
  readonly seed: number;
  readonly perElement: boolean;
}

const cases = fc.record({
  groups: fc.integer({ min: 1, max: 3 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  inputs: fc.integer({ min: 1, max: 5 }),
  rows: fc.integer({ min: 1, max: 6 }),
  activation: fc.constantFrom(
    noActivation,
    { ...noActivation, low: 0 },
    { ...noActivation, slope: 0.1 },
    { slope: 1, low: 0, high: 1.5 },
  ),
  seed: fc.integer({ min: 0, max: 1e6 }),
  perElement: fc.boolean(),
});

const stretched = (v: number) =>
  Math.min(Math.max((stretch.high - stretch.low) / (1 + Math.exp(-v)) + stretch.low, 0), 1);

/** A layer, its batch, and the loss as it is defined, in float64. */
function setUp({ groups, outputs, inputs, rows, activation, seed, perElement }: Drawn) {
  const count = groups * outputs * inputs;
  const numbers = (length: number, salt: number) => drawn(length, seed * 10 + salt);
  const scaleOf = Int32Array.from({ length: count }, (_, i) => (perElement ? i % 2 : Math.floor(i / inputs)));
  const learned = { scaleOf, count: perElement ? Math.min(2, count) : groups * outputs };
  const own = numbers(learned.count, 1).map((x) => 0.3 + Math.abs(x) / 2);
  const scales = Float32Array.from(scaleOf, (s) => own[s]!);
  const floors = numbers(count, 2).map((x) => Math.floor(2 * x));
  const all = (value: number) => new Float32Array(count).fill(value);
  const grid = { scales, zeroPoints: all(0), low: all(-2), high: all(1) };
  const fitted: FittedLayer = {
    layer: {
      node: node('MatMul', [], []),
      weight: 'w',
      input: 'x',
      output: 'y',
      bias: undefined,
      alpha: groups === 1 ? 0.5 : 1,
      beta: 1,
      groups,
      outputs,
      inputs,
      rowStep: inputs,
      inputStep: 1,
    },
    grid,
    activation,
    bias: numbers(groups * outputs, 3),
  };
  const x = numbers(rows * groups * inputs, 4);
  const y = numbers(rows * groups * outputs, 5);
  const unit = 0.7;
  const active = (value: number) => {
    const sloped = value < 0 ? value * activation.slope : value;
    return Math.min(Math.max(sloped, activation.low), activation.high);
  };
  const loss = (v: Float64Array, u: Float64Array) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      for (let output = 0; output < groups * outputs; output++) {
        let made = 0;
        for (let k = 0; k < inputs; k++) {
          const at = output * inputs + k;
          const step = Math.min(Math.max(floors[at]! + stretched(v[at]!), -2), 1);
          const weight = step * scales[at]! * Math.exp(u[scaleOf[at]!]!);
          made += fitted.layer.alpha * weight * x[(row * groups + Math.floor(output / outputs)) * inputs + k]!;
        }
        const at = row * groups * outputs + output;
        sum += (active(made + fitted.bias[output]!) - active(y[at]!)) ** 2;
      }
    }
    return sum / rows / unit;
  };
  const v = Float64Array.from(numbers(count, 6));
  const u = Float64Array.from(numbers(learned.count, 7), (each) => each / 10);
  return { fitted, learned, floors, unit, loss, x, y, v, u };
}

function float32(shape: number[], data: ArrayLike<number>) {
  return { elementType: 'float32' as const, shape, data: Float32Array.from(data) };
}

/** Central differences. */
function slopes(of: (at: Float64Array) => number, at: Float64Array): number[] {
  const h = 1e-5;
  return [...at].map((_, i) => {
    const [up, down] = [at.slice(), at.slice()];
    up[i]! += h;
    down[i]! -= h;
    return (of(up) - of(down)) / (2 * h);
  });
}

describe('a step of AdaRound', () => {
  it('has the gradient of its loss and regularizer, by the shares and by the scales', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (drawnCase) => {
        const { groups, outputs, inputs, rows } = drawnCase;
        const { fitted, learned, floors, unit, loss, x, y, v, u } = setUp(drawnCase);
        const [exponent, weight] = [3, 0.4];
        const regularized = (at: Float64Array) =>
          loss(at, u) +
          (weight / inputs) * at.reduce((sum, each) => sum + 1 - Math.abs(2 * stretched(each) - 1) ** exponent, 0);
        const shape = [groups * outputs, inputs];
        const feeds: Feeds = {
          x: float32([rows, groups * inputs], x),
          y: float32([rows, groups * outputs], y),
          v: float32(shape, v),
          'v mean': float32(shape, new Float32Array(v.length)),
          'v square': float32(shape, new Float32Array(v.length)),
          u: float32([u.length], u),
          'u mean': float32([u.length], new Float32Array(u.length)),
          'u square': float32([u.length], new Float32Array(u.length)),
          rate: float32([], [0.1]),
          'scale rate': float32([], [0.1]),
          exponent: float32([], [exponent]),
          weight: float32([], [weight]),
        };
        const session = await loadModel(runtime, stepModel(fitted, { learned, floors, unit }));
        const found = await session.run(feeds);
        await session.release();
        expect(found['error']!.data[0]).toBeCloseTo(loss(v, u), 3);
        const close = (name: string, expected: number[]) => {
          for (const [i, slope] of expected.entries()) {
            const gradient = Number(found[`next ${name} mean`]!.data[i]) * 10;
            expect(Math.abs(gradient - slope), `${name} ${i}`).toBeLessThan(2e-3 * (1 + Math.abs(slope)));
          }
        };
        close('v', slopes(regularized, v));
        close(
          'u',
          slopes((at) => loss(v, at), u),
        );
      }),
      { numRuns: 30, seed: 5 },
    );
  });

  it('adds up the loss of each output', async () => {
    const { fitted, floors, x, y } = setUp({
      groups: 2,
      outputs: 2,
      inputs: 3,
      rows: 4,
      activation: { ...noActivation, low: 0 },
      seed: 3,
      perElement: false,
    });
    const session = await loadModel(runtime, lossModel(fitted, floors));
    const feeds = { x: float32([4, 6], x), y: float32([4, 4], y), loss: float32([4], [1, 0, 0, 0]) };
    const sums = (await session.run(feeds))['next loss']!.data;
    await session.release();
    for (let output = 0; output < 4; output++) {
      let expected = output === 0 ? 1 : 0;
      for (let row = 0; row < 4; row++) {
        let made = fitted.bias[output]!;
        for (let k = 0; k < 3; k++) made += floors[output * 3 + k]! * x[(row * 2 + Math.floor(output / 2)) * 3 + k]!;
        expected += (Math.max(made, 0) - Math.max(y[row * 4 + output]!, 0)) ** 2;
      }
      expect(sums[output]).toBeCloseTo(expected, 4);
    }
  });
});
