import { describe, expect, it } from 'vitest';
import type { Model } from '../../../src/graph/model.js';
import { latencyAdvice } from '../../../src/recipe/latencyAdvice.js';
import { floatInput, modelOf, node } from '../compress/quantize/smallModels.js';

const model = (opType: string): Model =>
  modelOf({
    nodes: [node(opType, ['x'], ['y'], 'layer')],
    inputs: [floatInput('x', [2])],
    outputs: [floatInput('y', [2])],
    constants: {},
  });

const ids = (opType: string, p10: number, median: number, p90: number) =>
  latencyAdvice(model(opType), { median, p10, p90 }).map(({ id }) => id.split('.').at(-1));

describe('advice on latency', () => {
  it('follows the measurement', () => {
    expect(ids('Erf', 0.6, 0.7, 0.9)).toEqual(['faster']);
    expect(ids('Erf', 0.9, 1, 1.1)).toEqual(['equal']);
    expect(ids('Erf', 0.9, 0.95, 1.1)).toEqual(['equal']);
    expect(ids('Erf', 1.05, 1.3, 1.6)).toEqual(['slower', 'why', 'try-fewer']);
    expect(latencyAdvice(model('Erf'), undefined)).toEqual([]);
  });

  it('names what has no fast kernel, and does not invent it', () => {
    const [, why] = latencyAdvice(model('Erf'), { median: 2, p10: 1.5, p90: 3 });
    expect(why?.params.reasons).toBe(
      '1 x Erf computes in float32 on onnxruntime 1.30 on the CPU: nothing before it is quantized',
    );
    expect(ids('Reshape', 1.5, 2, 3)).toEqual(['slower', 'why-none', 'try-fewer']);
  });
});
