import type { ElementType } from '../../tensor/elementType.js';
import type { Elements, Fact, Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
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
  /** Element types of the outputs; the last goes for all that follow. Without a rule it is that of the first input. */
  readonly types?: (context: RuleContext) => readonly (ElementType | undefined)[];
  /** Shapes of the outputs. Throws `Unresolved`. */
  readonly shapes?: (context: RuleContext) => readonly (Shape | undefined)[];
  /** Elements of the first output, whose type and shape the context has, from known elements of the inputs. */
  readonly elements?: (context: RuleContext) => Elements | undefined;
  /** Everything at once, for operators that carry subgraphs. Throws `Unresolved`. */
  readonly facts?: (context: RuleContext) => readonly Fact[];
  /** Multiply-accumulates of one run, with those of subgraphs; 0 without a rule. Throws `Unresolved`. */
  readonly macs?: (context: RuleContext) => Size;
}

export interface IntegerWeight {
  readonly input: number;
  readonly scale?: number;
  readonly zeroPoint?: number;
}

/** Operators by name, of one domain. */
export type OperatorTable = Readonly<Record<string, Operator>>;
