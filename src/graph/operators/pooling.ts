import type { RuleContext } from '../inference/rule.js';
import type { Shape } from '../inference/fact.js';
import type { Operator, OperatorTable } from './operator.js';
import { missingAttribute } from './rules.js';
import { slide, spread, windowOf } from './window.js';

function poolShape(c: RuleContext, channelsLast = false): Shape {
  const x = c.shape(0);
  const kernel = c.node.ints('kernel_shape');
  if (!kernel || kernel.length !== x.length - 2) throw missingAttribute('kernel_shape');
  const window = windowOf(c.node, kernel);
  const first = channelsLast ? 1 : 2;
  const spatial = x.slice(first, first + kernel.length).map((size, i) => slide(size, window, i, c.fresh));
  return [...x.slice(0, first), ...spatial, ...x.slice(first + kernel.length)];
}

function globalShape(c: RuleContext, channelsLast = false): Shape {
  const x = c.shape(0);
  const last = x.length - 1;
  return x.map((size, i) => (i === 0 || i === (channelsLast ? last : 1) ? size : 1));
}

/** MaxUnpool: the size that pooling came from, unless `output_shape` says it. */
function unpoolShape(c: RuleContext): Shape {
  const x = c.shape(0);
  if (c.has(2)) return c.elements(2).map((size) => size ?? c.fresh());
  const window = windowOf(c.node, c.node.ints('kernel_shape') ?? []);
  return x.map((size, i) => (i < 2 ? size : spread(size, window, i - 2)));
}

const pool: Operator = { inputs: ['data'], shapes: (c) => [poolShape(c)] };
const globalPool: Operator = { inputs: ['data'], shapes: (c) => [globalShape(c)] };

export const pooling: OperatorTable = {
  AveragePool: pool,
  LpPool: pool,
  MaxPool: {
    inputs: ['data'],
    types: (c) => [c.type(0), 'int64'],
    shapes: (c) => [poolShape(c), poolShape(c)],
  },
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  MaxUnpool: { inputs: ['data', 'argument', 'argument'], shapes: (c) => [unpoolShape(c)] },
  MaxRoiPool: {
    inputs: ['data', 'argument'],
    shapes: (c) => [[c.size(1, 0), c.size(0, 1), ...(c.node.ints('pooled_shape') ?? [])]],
  },
  /** X [N, C, H, W], rois [R, 4] -> [R, C, output_height, output_width]. */
  RoiAlign: {
    inputs: ['data', 'argument'],
    shapes: (c) => [[c.size(1, 0), c.size(0, 1), c.node.int('output_height', 1), c.node.int('output_width', 1)]],
  },
  /** Columns [N, C * block, L] -> [N, C, image…]. */
  Col2Im: {
    inputs: ['data', 'argument'],
    shapes: (c) => {
      const [n, channels] = [c.size(0, 0), c.size(0, 1)];
      const block = c.numbers(2).reduce((a, b) => a * b, 1);
      const image = c.elements(1).map((size) => size ?? c.fresh());
      return [[n, typeof channels === 'number' ? channels / block : c.fresh(), ...image]];
    },
  },
};

const quantizedPool = (shape: (c: RuleContext, channelsLast: boolean) => Shape): Operator => ({
  inputs: ['data', 'scale', 'zeroPoint', 'scale', 'zeroPoint'],
  shapes: (c) => [shape(c, c.node.int('channels_last', 0) !== 0)],
});

export const contribPooling: OperatorTable = {
  QLinearAveragePool: quantizedPool(poolShape),
  QLinearGlobalAveragePool: quantizedPool(globalShape),
  NhwcMaxPool: { inputs: ['data'], shapes: (c) => [poolShape(c, true)] },
};
