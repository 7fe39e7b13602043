import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportName, fileSafe, formatOf } from '../../../src/extension/exportName.js';

const query = { search: '', sortBy: 'order', descending: false, weightsOnly: false } as const;

describe('the names of exports', () => {
  it('say of what model they are, and of what in it', () => {
    const name = (request: Parameters<typeof exportName>[1]) => exportName('/models/lenet-5.onnx', request);
    expect(name({ what: 'layers', format: 'csv', query })).toBe('lenet-5.layers.csv');
    expect(name({ what: 'inspection', format: 'html' })).toBe('lenet-5.inspection.html');
    expect(name({ what: 'nodeData' })).toBe('lenet-5.node-data.json');
    expect(name({ what: 'tensor', layer: 0, weight: 'conv1.weight', real: false })).toBe('lenet-5.conv1.weight.npy');
    expect(name({ what: 'tensor', layer: 0, weight: 'conv1.weight', real: true })).toBe(
      'lenet-5.conv1.weight.real.npy',
    );
    expect(name({ what: 'histogram', format: 'json', layer: 0, weight: '/a/b:0' })).toBe(
      'lenet-5.a_b_0.histogram.json',
    );
    const changed = { search: '', sortBy: 'order', descending: false, changedOnly: false } as const;
    const b = '/models/lenet-5.onnx';
    expect(name({ what: 'comparison', format: 'csv', a: '/old/lenet-4.ONNX', b, query: changed })).toBe(
      'lenet-5.against.lenet-4.csv',
    );
    expect(formatOf({ what: 'nodeData' })).toBe('json');
  });

  it('are names of files on every system, whatever a value is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const safe = fileSafe(text);
        // eslint-disable-next-line no-control-regex
        expect(safe).not.toMatch(/[\\/:*?"<>|\u0000-\u001f\u007f]/);
        expect(safe).not.toMatch(/^[. ]|[. ]$/);
        expect(safe.length).toBeGreaterThan(0);
        expect(safe.length).toBeLessThanOrEqual(60);
        expect(fileSafe(safe)).toBe(safe);
      }),
    );
  });
});
