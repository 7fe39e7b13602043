import type { Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { add, multiply, product } from '../inference/size.js';
import type { Operator, OperatorTable } from './operator.js';
import { always, typeOfInput } from './rules.js';
import type { Window } from './window.js';
import { slide, spread, windowOf } from './window.js';

/** X [N, C, spatial…], W [M, C/group, kernel…] -> [N, M, spatial…]. */
function convShape(c: RuleContext, weight = 1): Shape[] {
  const x = c.shape(0);
  const w = c.shape(weight);
  if (w.length !== x.length || x.length < 2) throw c.mismatch(x, w);
  const window = convWindow(c, w);
  return [[x[0]!, w[0]!, ...x.slice(2).map((size, i) => slide(size, window, i, c.fresh))]];
}

/** X [N, C, spatial…], W [C, M/group, kernel…] -> [N, M, spatial…]. */
function convTransposeShape(c: RuleContext): Shape[] {
  const x = c.shape(0);
  const w = c.shape(1);
  if (w.length !== x.length || x.length < 2) throw c.mismatch(x, w);
  const channels = multiply(w[1]!, c.node.int('group', 1));
  const fixed = c.node.ints('output_shape');
  const window = convWindow(c, w);
  const padding = c.node.ints('output_padding') ?? [];
  return [
    [
      x[0]!,
      channels,
      ...x.slice(2).map((size, i) => fixed?.at(i - x.length + 2) ?? add(spread(size, window, i), padding[i] ?? 0)),
    ],
  ];
}

function convWindow(c: RuleContext, weight: Shape): Window {
  return windowOf(c.node, c.node.ints('kernel_shape') ?? weight.slice(2));
}

/** Each output element sums over the kernel and the input channels of its group. */
const convMacs =
  (weight: number) =>
  (c: RuleContext): Size =>
    product([...c.outputShape(0), ...c.shape(weight).slice(1)]);

const outputChannels = (weight: number, axis: number) => (_node: unknown, input: number) =>
  input === weight ? axis : undefined;

const conv: Operator = {
  inputs: ['data', 'weight', 'bias'],
  channelAxis: outputChannels(1, 0),
  shapes: convShape,
  macs: convMacs(1),
};

export const convolution: OperatorTable = {
  Conv: conv,
  ConvTranspose: {
    inputs: ['data', 'weight', 'bias'],
    channelAxis: outputChannels(1, 1),
    shapes: convTransposeShape,
    /** Each input element is spread over the kernel and the output channels of its group. */
    macs: (c) => product([...c.shape(0), ...c.shape(1).slice(1)]),
  },
  DeformConv: { ...conv, inputs: ['data', 'weight', 'data', 'bias', 'data'] },
  ConvInteger: {
    ...conv,
    inputs: ['data', 'weight', 'zeroPoint', 'zeroPoint'],
    integerWeights: [{ input: 1, zeroPoint: 3 }],
    types: always('int32'),
  },
  QLinearConv: {
    inputs: ['data', 'scale', 'zeroPoint', 'weight', 'scale', 'zeroPoint', 'scale', 'zeroPoint', 'bias'],
    channelAxis: outputChannels(3, 0),
    integerWeights: [{ input: 3, scale: 4, zeroPoint: 5 }, { input: 8 }],
    types: typeOfInput(7),
    shapes: (c) => convShape(c, 3),
    macs: convMacs(3),
  },
};

export const contribConvolution: OperatorTable = {
  FusedConv: { ...conv, inputs: ['data', 'weight', 'bias', 'data'] },
};
