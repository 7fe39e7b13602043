import type { Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { multiply, product } from '../inference/size.js';
import type { Node } from '../node.js';
import { einsumMacs, einsumShape } from './einsum.js';
import type { Operator, OperatorTable } from './operator.js';
import { always, typeOfInput } from './rules.js';

/** In a product [M, K] x [K, N] the channels are the columns of a right factor and the rows of a left one. */
const factors =
  (left: number, right: number) =>
  (_node: Node, input: number, rank: number): number | undefined => {
    if (rank < 2) return undefined;
    return input === right ? rank - 1 : input === left ? rank - 2 : undefined;
  };

const gemmAxis = (node: Node, input: number): number | undefined => {
  if (input === 1) return node.int('transB', 0) ? 0 : 1;
  return input === 0 ? (node.int('transA', 0) ? 1 : 0) : undefined;
};

/** [batch…, M, K] x [batch…, K, N] -> [batch…, M, N], as numpy's matmul. */
function matMulShape(c: RuleContext, a: Shape, b: Shape): Size[] {
  if (a.length === 0 || b.length === 0) throw c.mismatch(a, b);
  const left = a.length === 1 ? [1, a[0]!] : a;
  const right = b.length === 1 ? [b[0]!, 1] : b;
  if (!agree(left.at(-1)!, right.at(-2)!)) throw c.mismatch(a, b);
  const batch = c.broadcast(left.slice(0, -2), right.slice(0, -2));
  const rows = a.length === 1 ? [] : [left.at(-2)!];
  const columns = b.length === 1 ? [] : [right.at(-1)!];
  return [...batch, ...rows, ...columns];
}

const agree = (a: Size, b: Size) => typeof a !== 'number' || typeof b !== 'number' || a === b;

const transposed = (shape: Shape, isTransposed: boolean): Shape =>
  isTransposed && shape.length > 1 ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;

function gemmShape(c: RuleContext, b = 1): Shape[] {
  const left = transposed(c.shape(0), c.node.int('transA', 0) !== 0);
  const right = transposed(c.shape(b), c.node.int('transB', 0) !== 0);
  if (left.length !== 2 || right.length !== 2 || !agree(left[1]!, right[0]!)) throw c.mismatch(left, right);
  return [[left[0]!, right[1]!]];
}

const matMul = (a: number, b: number): Pick<Operator, 'shapes' | 'macs' | 'channelAxis'> => ({
  channelAxis: factors(a, b),
  shapes: (c) => [matMulShape(c, c.shape(a), c.shape(b))],
  macs: (c) => multiply(product(c.outputShape(0)), c.shape(a).at(-1) ?? 1),
});

const gemm = (b: number): Pick<Operator, 'shapes' | 'macs' | 'channelAxis'> => ({
  channelAxis: (node, input) => gemmAxis(node, input === b ? 1 : input),
  shapes: (c) => gemmShape(c, b),
  macs: (c) => multiply(product(c.outputShape(0)), transposed(c.shape(0), c.node.int('transA', 0) !== 0)[1] ?? 1),
});

export const matrixProduct: OperatorTable = {
  MatMul: { inputs: ['weight', 'weight'], ...matMul(0, 1) },
  Gemm: { inputs: ['weight', 'weight', 'bias'], ...gemm(1) },
  Einsum: { inputs: ['weight'], shapes: einsumShape, macs: einsumMacs },
  MatMulInteger: {
    inputs: ['weight', 'weight', 'zeroPoint', 'zeroPoint'],
    ...matMul(0, 1),
    types: always('int32'),
    integerWeights: [
      { input: 0, zeroPoint: 2 },
      { input: 1, zeroPoint: 3 },
    ],
  },
  QLinearMatMul: {
    inputs: ['weight', 'scale', 'zeroPoint', 'weight', 'scale', 'zeroPoint', 'scale', 'zeroPoint'],
    ...matMul(0, 3),
    types: typeOfInput(7),
    integerWeights: [
      { input: 0, scale: 1, zeroPoint: 2 },
      { input: 3, scale: 4, zeroPoint: 5 },
    ],
  },
};

/** FusedMatMul: MatMul of factors whose last two axes may be exchanged. */
const fusedFactors = (c: RuleContext): [Shape, Shape] => [
  transposed(c.shape(0), c.node.int('transA', 0) !== 0),
  transposed(c.shape(1), c.node.int('transB', 0) !== 0),
];

export const contribMatrixProduct: OperatorTable = {
  FusedMatMul: {
    inputs: ['weight', 'weight'],
    shapes: (c) => [matMulShape(c, ...fusedFactors(c))],
    macs: (c) => multiply(product(c.outputShape(0)), fusedFactors(c)[0].at(-1) ?? 1),
  },
  FusedGemm: { inputs: ['weight', 'weight', 'bias'], ...gemm(1) },
  DynamicQuantizeMatMul: {
    inputs: ['data', 'weight', 'scale', 'zeroPoint', 'bias'],
    ...matMul(0, 1),
    integerWeights: [{ input: 1, scale: 2, zeroPoint: 3 }],
  },
  MatMulIntegerToFloat: {
    inputs: ['weight', 'weight', 'scale', 'scale', 'zeroPoint', 'zeroPoint', 'bias'],
    ...matMul(0, 1),
    types: typeOfInput(2),
    integerWeights: [
      { input: 0, scale: 2, zeroPoint: 4 },
      { input: 1, scale: 3, zeroPoint: 5 },
    ],
  },
  QGemm: {
    inputs: ['weight', 'scale', 'zeroPoint', 'weight', 'scale', 'zeroPoint', 'bias', 'scale', 'zeroPoint'],
    ...gemm(3),
    types: (c) => [c.has(8) ? c.type(8) : 'float32'],
    integerWeights: [{ input: 3, scale: 4, zeroPoint: 5 }, { input: 6 }],
  },
  /** Weights [N, blocks, bytes a block], `bits` each, packed in uint8. */
  MatMulNBits: {
    inputs: ['data', 'weight', 'scale', 'zeroPoint', 'argument', 'bias'],
    channelAxis: (_node, input) => (input === 1 ? 0 : undefined),
    integerWeights: [{ input: 1, scale: 2, zeroPoint: 3 }],
    packedShape: (node, input) => (input === 1 ? [node.int('N', 0), node.int('K', 0)] : undefined),
    shapes: (c) => [[...c.shape(0).slice(0, -1), c.node.int('N', 0)]],
    macs: (c) => multiply(product(c.outputShape(0)), c.node.int('K', 0)),
  },
};
