import { describe, expect, it } from 'vitest';
import { pickLayers } from '../../../src/compress/layerPatterns.js';

const names = ['/conv1/Conv', '/conv2/Conv', '/fc.0/Gemm', '/fcx0/Gemm', 'odd*name', 'Relu#2'];
const picked = (patterns: string) => [...pickLayers('exclude', patterns, names).keys()];

describe('pickLayers', () => {
  it('picks by name and by glob, in any mix', () => {
    expect(picked('')).toEqual([]);
    expect(picked('/conv1/Conv')).toEqual(['/conv1/Conv']);
    expect(picked('/conv?/Conv, *Gemm')).toEqual(['/conv1/Conv', '/conv2/Conv', '/fc.0/Gemm', '/fcx0/Gemm']);
    expect(picked('*')).toEqual(names);
    expect(picked('Relu#?')).toEqual(['Relu#2']);
  });

  it('takes a point for a point, and a name with a star for itself', () => {
    expect(picked('/fc.0/*')).toEqual(['/fc.0/Gemm']);
    expect(picked('odd*name')).toEqual(['odd*name']);
  });

  it('tells which pattern picked a layer: the first', () => {
    expect(pickLayers('exclude', '*Conv,/conv1/*', names).get('/conv1/Conv')).toBe('*Conv');
  });

  it('refuses a pattern that picks nothing, and names the nearest layer', () => {
    expect(() => picked('/conv1/Conv,/conv3/Conv')).toThrow(
      expect.objectContaining({
        code: 'compress.no-such-layer',
        params: expect.objectContaining({ option: 'exclude', pattern: '/conv3/Conv' }),
      }),
    );
    expect(() => picked('Conv')).toThrow(expect.objectContaining({ code: 'compress.no-such-layer' }));
  });
});
