/** Where a layer has a weight that can be stored as integers while the layer goes on to compute in float. */
import type { Layer } from '../../../graph/layers.js';
import type { Node } from '../../../graph/node.js';
import type { Message } from '../../../messages/message.js';
import { sentence } from '../../../messages/catalog.js';
import type { Granularity } from '../scaleLayout.js';

/** How a layer uses its weight. */
export type WeightUse = 'product' | 'convolution' | 'lookup';

export interface WeightSite {
  readonly node: Node;
  readonly use: WeightUse;
  /** Which of the node's inputs the weight is, and the initializer that it names. */
  readonly input: number;
  readonly weight: string;
  readonly shape: readonly number[];
  /** The axis that scales of a channel or row follow. */
  readonly channelAxis?: number;
  /** The axis that is cut into blocks: the one that sums run over, or the elements of a row. */
  readonly blockAxis?: number;
}

/** Below this a block along an axis costs more than it brings, and a scale a channel stands for it. */
const leastBlockLength = 16;

type Axes = Pick<WeightSite, 'use' | 'input' | 'channelAxis' | 'blockAxis'>;

/** How a node uses a weight of `shape` at an input; undefined for other operators and inputs. */
export function weightAxes(node: Node, input: number, shape: readonly number[]): Axes | undefined {
  return node.domain === '' ? axesOf[node.opType]?.(node, input, shape) : undefined;
}

/** The weight of a layer, or the reason why there is none that could be stored as integers. */
export function weightSiteOf({ node, graph, weights }: Layer): WeightSite | Message {
  if (node.domain !== '' || !Object.hasOwn(axesOf, node.opType)) {
    return sentence('compress.quantize.skipped.weight-only-operator', { op: node.opType });
  }
  const found = weights.find(({ input, role, storage, tensor, name }) => {
    const isFloat = tensor.elementType === 'float32' && storage !== 'sparse';
    return role === 'weight' && isFloat && node.inputs[input] === name && graph.initializers.has(name);
  });
  if (!found) return sentence('compress.quantize.skipped.weight-not-constant');
  if (found.elements === 0) return sentence('compress.quantize.skipped.no-elements');
  const { input, name, shape } = found;
  const axes = weightAxes(node, input, shape);
  if (!axes) return sentence('compress.quantize.skipped.weight-not-constant');
  return { node, weight: name, shape, ...axes };
}

export function isWeightSite(found: WeightSite | Message): found is WeightSite {
  return 'use' in found;
}

const axesOf: Readonly<Record<string, (node: Node, input: number, shape: readonly number[]) => Axes | undefined>> = {
  /** [.., K, N] on the right, [.., M, K] on the left; K alone where a factor has one axis. */
  MatMul: (_node, input, shape) => {
    const rank = shape.length;
    if (rank < 2) return { use: 'product', input, blockAxis: 0 };
    const [channelAxis, blockAxis] = input === 1 ? [rank - 1, rank - 2] : [rank - 2, rank - 1];
    return { use: 'product', input, channelAxis, blockAxis };
  },
  Gemm: (node, input) => {
    const turned = node.int(input === 1 ? 'transB' : 'transA', 0) !== 0;
    const channelAxis = (input === 1) === turned ? 0 : 1;
    return { use: 'product', input, channelAxis, blockAxis: 1 - channelAxis };
  },
  Conv: (_node, input) => ({ use: 'convolution', input, channelAxis: 0, blockAxis: 1 }),
  ConvTranspose: (_node, input) => ({ use: 'convolution', input, channelAxis: 1, blockAxis: 0 }),
  /** A row is what an index picks; its last axis is cut into blocks. */
  Gather: (node, input, shape) => {
    if (input !== 0) return undefined;
    const rank = shape.length;
    const axis = node.int('axis', 0);
    const channelAxis = axis < 0 ? axis + rank : axis;
    const blockAxis = channelAxis < rank - 1 ? rank - 1 : rank - 2;
    return { use: 'lookup', input, channelAxis, ...(blockAxis >= 0 && { blockAxis }) };
  },
};

/** What shares a scale: blocks of `blockSize` where the axis is long enough for some, else channels, else all. */
export function granularityOf(
  { shape, channelAxis, blockAxis }: Pick<WeightSite, 'shape' | 'channelAxis' | 'blockAxis'>,
  { blockSize = 0, perChannel }: { readonly blockSize?: number; readonly perChannel: boolean },
): Granularity {
  const length = blockAxis === undefined ? 0 : (shape[blockAxis] ?? 0);
  if (blockSize > 0 && length >= leastBlockLength) return { axis: blockAxis, blockSize };
  return perChannel && channelAxis !== undefined ? { axis: channelAxis } : {};
}
