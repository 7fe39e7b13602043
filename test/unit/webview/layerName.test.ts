import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitName } from '../../../webview/layerName.js';

describe('the name of a layer', () => {
  it.each([
    ['/conv1/Conv', '', '/conv1/Conv'],
    ['/model/layer1/conv1/Conv', '/model/layer1/', 'conv1/Conv'],
    ['If_25/else_branch/If_651/then_branch/LSTM_719', 'If_25/else_branch/If_651/', 'then_branch/LSTM_719'],
    ['Conv_0', '', 'Conv_0'],
    ['DequantizeLinear_conv1.weight_q', 'DequantizeLinear_co', 'nv1.weight_q'],
    ['a/b', '', 'a/b'],
    ['', '', ''],
  ])('%s may be cut in %j and keeps %s', (name, head, tail) => {
    expect(splitName(name)).toEqual([head, tail]);
  });

  it('is whole again when its parts are joined', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '/') }), (name) => {
        expect(splitName(name).join('')).toBe(name);
      }),
    );
  });
});
