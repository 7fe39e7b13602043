import { afterAll, describe, expect, it } from 'vitest';
import type { ActivationGrid } from '../../../../../src/compress/quantize/calibration/activationRanges.js';
import { layerwiseRanges } from '../../../../../src/compress/quantize/calibration/layerwisePercentile.js';
import type { Range } from '../../../../../src/compress/method.js';
import { quantizationParameters } from '../../../../../src/compress/quantize/parameters.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { normalNumbers } from '../../../../fixtures/random.js';
import { runnerPath } from '../../../runnerPath.js';
import { laboratoryWith } from '../conditioning/running.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const width = 4000;
const integers = { min: 0, max: 255 };
const grid: ActivationGrid = {
  integers,
  symmetric: false,
  parametersOf: (range: Range) => quantizationParameters(range, integers, false),
};

/** The first input is a hundred times as large as the others; `weight` is what the layer makes of it. */
async function chosenFor(weight: number) {
  const weights = Array.from(normalNumbers(width, 9));
  weights[0] = weight;
  const model = modelOf({
    nodes: [node('MatMul', ['x', 'w'], ['y'], 'product')],
    inputs: [floatInput('x', [1, width])],
    outputs: [floatInput('y', [1, 1])],
    constants: { w: constant([width, 1], weights) },
  });
  const feeds = Array.from({ length: 8 }, (_, sample) => {
    const data = Float32Array.from(normalNumbers(width, 20 + sample));
    data[0] = 100;
    return { x: { elementType: 'float32' as const, shape: [1, width], data } };
  });
  const laboratory = laboratoryWith(runtime, feeds);
  const { distributions } = await laboratory.observe(model, { ranges: [], distributions: new Map([['x', null]]) });
  const chosen = await layerwiseRanges(model, new Map([['x', distributions!.get('x')!]]), () => grid, laboratory);
  return chosen.get('x')!;
}

describe('layerwiseRanges', () => {
  it('cuts off an outlier that the layer makes nothing of, and keeps one that it needs', async () => {
    const useless = await chosenFor(0);
    expect(useless.percentile).toBe(99.9);
    expect(useless.range.max).toBeLessThan(10);
    const needed = await chosenFor(5);
    expect(needed.percentile).toBeGreaterThan(99.9);
    expect(needed.range.max).toBeGreaterThan(99);
  });
});
