import type { Graph } from '../../graph/graph.js';

/** The names of the scale and zero point that the integers of a value have; the zero point is '' where it is none. */
export interface IntegerGrid {
  readonly scale: string;
  readonly zeroPoint: string;
  /** The domain whose QuantizeLinear and DequantizeLinear take these integers. */
  readonly domain: string;
}

/** Inputs of the operators that make integers at which their result's scale and zero point lie. */
const resultGrid: Readonly<Record<string, readonly [scale: number, zeroPoint: number]>> = {
  QuantizeLinear: [1, 2],
  QLinearConv: [6, 7],
  QLinearMatMul: [6, 7],
  QGemm: [7, 8],
  QLinearAdd: [6, 7],
  QLinearMul: [6, 7],
  QLinearAveragePool: [3, 4],
  QLinearGlobalAveragePool: [3, 4],
  QLinearConcat: [0, 1],
  QLinearLeakyRelu: [3, 4],
  QLinearReduceMean: [3, 4],
  QLinearSigmoid: [3, 4],
  QLinearSoftmax: [3, 4],
  QLinearWhere: [7, 8],
};

/** Operators that hand the elements of their first input on: their results have its grid. */
const handingOn = new Set(
  'DepthToSpace Expand Flatten Gather Identity MaxPool Pad Reshape Resize Slice SpaceToDepth Split Squeeze Tile Transpose Unsqueeze'.split(
    ' ',
  ),
);

/** The scale and zero point of an integer value of a graph; undefined where the integers stand for nothing else. */
export function integerGridOf(graph: Graph, value: string): IntegerGrid | undefined {
  for (let node = graph.producer(value), left = graph.nodes.length; node && left >= 0; left--) {
    const places = resultGrid[node.opType];
    if (places) {
      const [scale = '', zeroPoint = ''] = places.map((input) => node!.inputs[input] ?? '');
      return scale === '' ? undefined : { scale, zeroPoint, domain: node.is('QuantizeLinear') ? '' : node.domain };
    }
    if (!handingOn.has(node.opType)) return undefined;
    node = graph.producer(node.inputs[0] ?? '');
  }
  return undefined;
}
