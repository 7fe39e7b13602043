/** The grids of the activations that operators on integers read and write, from their measured ranges. */
import type { Graph } from '../../../graph/graph.js';
import type { Node } from '../../../graph/node.js';
import type { Range } from '../../method.js';
import type { QuantizeOptions } from '../options.js';
import type { ValueParameters } from '../valueParameters.js';
export interface ActivationGrids {
    readonly parameters: ReadonlyMap<string, ValueParameters>;
    /** Values that were to be measured and have no usable range. */
    readonly unusable: ReadonlyMap<string, 'no-statistics' | 'not-finite'>;
}
/** The values whose ranges must be measured. */
export declare function measuredValues(graph: Graph, chosen: ReadonlySet<Node>, isFloat: (value: string) => boolean, options: QuantizeOptions): string[];
export declare function activationGrids(graph: Graph, chosen: ReadonlySet<Node>, isFloat: (value: string) => boolean, ranges: ReadonlyMap<string, Range>, options: QuantizeOptions): ActivationGrids;
