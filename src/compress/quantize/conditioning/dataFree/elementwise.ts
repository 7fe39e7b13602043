import type { Node } from '../../../../graph/node.js';

type NumbersOf = (constant: string) => Promise<ArrayLike<number> | undefined>;

/** What an operator does to each element, by channel; undefined for operators that are not elementwise. */
export async function elementwiseFunction(
  node: Node,
  numbersOf: NumbersOf,
): Promise<((x: number, channel: number) => number) | undefined> {
  switch (node.opType) {
    case 'Relu':
      return (x) => Math.max(x, 0);
    case 'LeakyRelu': {
      const alpha = node.float('alpha', 0.01);
      return (x) => (x < 0 ? alpha * x : x);
    }
    case 'PRelu': {
      const slopes = await numbersOf(node.inputs[1] ?? '');
      return slopes && ((x, c) => (x < 0 ? slopes[slopes.length === 1 ? 0 : c % slopes.length]! * x : x));
    }
    case 'Clip':
      return clip(node, numbersOf);
    case 'Sigmoid':
      return logistic;
    case 'HardSigmoid': {
      const [alpha, beta] = [node.float('alpha', 0.2), node.float('beta', 0.5)];
      return (x) => Math.min(Math.max(alpha * x + beta, 0), 1);
    }
    case 'HardSwish':
      return (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1);
    case 'Tanh':
      return Math.tanh;
    case 'Elu': {
      const alpha = node.float('alpha', 1);
      return (x) => (x < 0 ? alpha * Math.expm1(x) : x);
    }
    case 'Softplus':
      return (x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
    case 'Erf':
      return erf;
    case 'Gelu':
      return (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
    case 'Pow': {
      const exponent = await numbersOf(node.inputs[1] ?? '');
      return exponent?.length === 1 ? (x) => x ** exponent[0]! : undefined;
    }
    case 'Sqrt':
      return (x) => Math.sqrt(Math.max(x, 0));
    case 'Abs':
      return Math.abs;
    case 'Neg':
      return (x) => -x;
    default:
      return undefined;
  }
}

async function clip(node: Node, numbersOf: NumbersOf) {
  const bound = async (input: number, attribute: string, fallback: number) => {
    const value = node.inputs[input];
    return value ? (await numbersOf(value))?.[0] : node.float(attribute, fallback);
  };
  const low = await bound(1, 'min', -Infinity);
  const high = await bound(2, 'max', Infinity);
  if (low === undefined || high === undefined) return undefined;
  return (x: number) => Math.min(Math.max(x, low), high);
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** To 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26). */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}
