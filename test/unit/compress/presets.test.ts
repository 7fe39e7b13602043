import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../src/compress/options.js';
import { presetCards, presetOf, presets, withPreset } from '../../../src/compress/presets.js';
import { methodOf } from '../../../src/compress/registry.js';

describe('a preset', () => {
  it.each(presets.map((preset) => [preset.name, preset] as const))('%s sets options that exist', (_, preset) => {
    const method = methodOf(preset.method);
    expect(parseOptions(method, preset.options)).toMatchObject(preset.options);
    expect(preset.source).not.toBe('');
  });

  it('yields to what a person sets', () => {
    const options = withPreset('cpu-avx2', 'quantize', { reduceRange: false, calibration: 'mse' });
    expect(options).toMatchObject({ activationType: 'uint8', reduceRange: false, calibration: 'mse' });
    expect(withPreset(undefined, 'quantize', { perChannel: false })).toEqual({ perChannel: false });
  });

  it('is one of its method', () => {
    expect(() => withPreset('float16', 'prune', {})).toThrow('The preset float16 is one of the method quantize');
    expect(presetCards('prune')).toEqual([]);
    expect(presetCards('quantize').map(({ name }) => name)).toEqual(presets.map(({ name }) => name));
  });

  it('that there is none of names the nearest', () => {
    expect(() => presetOf('cpu-avx')).toThrow('There is no preset cpu-avx.');
    expect(() => presetOf('cpu-avx')).toThrow(
      expect.objectContaining({ params: expect.objectContaining({ nearest: 'cpu-avx2' }) }),
    );
  });
});
