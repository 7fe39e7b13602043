/**
 * A graph that becomes one of operators on integers (QOperator format; onnxruntime, onnx_quantizer.py, mode QLinearOps).
 * Nodes and names are made at once; the numbers of constants are filled in at the end, when their rounding is known.
 */
import type { Graph } from '../../../graph/graph.js';
import type { Attribute } from '../../../graph/model.js';
import { Node } from '../../../graph/node.js';
import { IntegerGraph } from '../integerGraph.js';
import type { QuantizeOptions } from '../options.js';
import type { ValueParameters } from '../valueParameters.js';
import type { QOperatorNaming } from './naming.js';
import type { Operand, PlannedBias, PlannedConstant } from './operand.js';
export interface QOperatorRequest {
    readonly graph: Graph;
    readonly opset: number;
    readonly options: QuantizeOptions;
    readonly naming: QOperatorNaming;
    /** Is the value a tensor of float32 numbers? */
    readonly isFloat: (value: string) => boolean;
    /** The single number that a constant holds; undefined for anything else. */
    readonly numberOf: (value: string) => number | undefined;
    /** The grid of an activation; undefined where nothing is known of its range. */
    readonly activation: (value: string) => ValueParameters | undefined;
}
export declare const microsoft = "com.microsoft";
/** What of an operator on integers differs from the node whose place it takes. */
export interface IntegerOperator {
    readonly opType: string;
    readonly domain?: string;
    readonly inputs: readonly string[];
    readonly attributes?: Map<string, Attribute>;
}
export declare class QOperatorGraph {
    #private;
    readonly request: QOperatorRequest;
    readonly exact: boolean;
    readonly integer: IntegerGraph<Operand>;
    readonly constants: PlannedConstant[];
    readonly biases: PlannedBias[];
    /** The nodes whose form changed, each with the one in its place: of a Relu that vanished, the one that writes its input. */
    readonly changed: Map<Node, Node>;
    readonly absorbed: Set<Node>;
    constructor(request: QOperatorRequest);
    get options(): QuantizeOptions;
    isFloat(value: string): boolean;
    isConstant(value: string): boolean;
    shapeOf(constant: string): readonly number[] | undefined;
    /** The integers of a value that exist already. */
    quantized(value: string): Operand | undefined;
    /** Can the value be had as integers? */
    canRead(value: string): boolean;
    /** A value as integers of the type of activations: those that exist, or a constant, or the real numbers quantized. */
    read(value: string): Promise<Operand>;
    /** The factor of a node: a constant as a weight, with a scale for each index of `axis` where one is given. */
    weight(value: string, axis: number | undefined, type?: "int8" | "uint8"): Promise<Operand>;
    /** The grid of a node's output; undefined where its range is not known. */
    result(value: string, integers?: (value: string) => string): Operand | undefined;
    /** Puts an operator on integers in the place of a node, whose first output is then known as `result`. */
    replace(node: Node, result: Operand, { opType, domain, inputs, attributes }: IntegerOperator): void;
    /** Puts `integerNode` in the place of a node, and makes known what integers its outputs are. */
    settle(node: Node, integerNode: Node, outputs: Iterable<readonly [string, Operand]>): void;
    /** Lets the integers of `input` stand for `output` too: what `node` does to them changes nothing. */
    absorb(node: Node, input: string, output: string): void;
    /** A single integer of an operand's type as a constant, named after `value`. */
    code(value: string, code: number, { parameters }: Operand, shape?: readonly number[]): string;
    numberOf(value: string): number | undefined;
    /** The bias of a node as 32-bit integers; the name of those. One bias may go with several weights. */
    bias(value: string, planned: Omit<PlannedBias, 'value' | 'integers' | 'scale' | 'zeroPoint'>): string;
}
/** The integer nearest to a number on a grid of one scale, cut off at its limits. */
export declare function codeOf(value: number, { scales, zeroPoints, integers }: ValueParameters): number;
