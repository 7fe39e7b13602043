import type { Node } from '../../graph/node.js';
import { targets } from './targets.js';

type Operator = Pick<Node, 'domain' | 'opType'>;

const target = targets.find(({ name }) => name === 'onnxruntime-cpu-int8')!;

/** Operators in whose sums of products most of the time goes: integers pay there whatever stands before and after. */
const products: ReadonlySet<string> = new Set(['Conv', 'MatMul', 'Gemm']);

/** Does onnxruntime compute with 8-bit numbers here, pass them on, or melt the operator into one that does? */
export function isFastInEightBits(operator: Operator): boolean {
  return computesInEightBits(operator) || passesEightBitsOn(operator);
}

/** Does onnxruntime only pass 8-bit numbers on here, or clip them in the operator before? */
export function passesEightBitsOn({ domain, opType }: Operator): boolean {
  return domain === '' && (target.passesOn.has(opType) || target.absorbed.has(opType));
}

/** Does onnxruntime sum up products of 8-bit numbers here? */
export function sumsProductsOfEightBits({ domain, opType }: Operator): boolean {
  return domain === '' && products.has(opType);
}

/** Does onnxruntime compute with 8-bit numbers here, but so little that converting numbers only for this costs more? */
export function isLightInEightBits(operator: Operator): boolean {
  return computesInEightBits(operator) && !sumsProductsOfEightBits(operator);
}

function computesInEightBits({ domain, opType }: Operator): boolean {
  return domain === '' && target.eightBit!.has(opType);
}
