import type { Node } from '../node.js';

/**
 * What an input of an operator is for. A constant at `data`, `weight`, `bias` or `statistic` may be a parameter of the
 * model; at `argument` it steers the operator (a shape, indices, axes, bounds), at `scale` and `zeroPoint` it belongs
 * to a quantized value.
 */
export type InputRole = 'data' | 'weight' | 'bias' | 'statistic' | 'argument' | 'scale' | 'zeroPoint';

/** What Tare knows of one operator. */
export interface Operator {
  /** The role of each input; the last goes for all that follow. */
  readonly inputs: readonly InputRole[];
  /** The axis of a weight at `input`, of `rank` dimensions, whose indices are the output's channels. */
  readonly channelAxis?: (node: Node, input: number, rank: number) => number | undefined;
  /** The inputs that hold quantized integers as they are, without a DequantizeLinear, and where their scales lie. */
  readonly integerWeights?: readonly IntegerWeight[];
  /** The real elements of a weight that is packed beyond its element type (two 4-bit numbers in a uint8). */
  readonly packedShape?: (node: Node, input: number) => readonly number[] | undefined;
}

export interface IntegerWeight {
  readonly input: number;
  readonly scale?: number;
  readonly zeroPoint?: number;
}

/** Operators by name, of one domain. */
export type OperatorTable = Readonly<Record<string, Operator>>;
