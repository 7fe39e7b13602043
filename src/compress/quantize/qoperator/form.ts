import type { Node } from '../../../graph/node.js';
import type { QOperatorGraph } from './qoperatorGraph.js';

/**
 * Puts an operator on integers in the place of a node, or tells by false that the node stays as it is; nothing was changed
 * then.
 */
export type IntegerForm = (node: Node, graph: QOperatorGraph) => boolean | Promise<boolean>;
