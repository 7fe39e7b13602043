import type { Node } from '../../graph/node.js';
import { targets } from './targets.js';

const target = targets.find(({ name }) => name === 'onnxruntime-cpu-int8');

/** Does onnxruntime compute with 8-bit numbers here, pass them on, or melt the operator into one that does? */
export function isFastInEightBits({ domain, opType }: Pick<Node, 'domain' | 'opType'>): boolean {
  const operators = [target?.eightBit, target?.passesOn, target?.absorbed];
  return domain === '' && operators.some((each) => each?.has(opType));
}
