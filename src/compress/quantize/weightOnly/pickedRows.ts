/** Lookups in a table of whole bytes, in QDQ format. */
import type { Graph } from '../../../graph/graph.js';
import type { Attribute } from '../../../graph/model.js';
import { intAttribute, Node } from '../../../graph/node.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { Naming } from '../naming.js';
import type { ValueParameters } from '../valueParameters.js';
import { dequantizeLinear, replaceByIntegers } from './storedWeight.js';
import type { Stored, Successors, WrittenWeight } from './storedWeight.js';
import type { WeightSite } from './weightSite.js';

/** DequantizeLinear has blocks since this operator set. */
const blockOpset = 21;

/** onnxruntime has Gather for whole bytes alone; below, and without blocks, it dequantizes the whole table in every run. */
export function picksRowsOfBytes(
  { use, shape, node }: WeightSite,
  parameters: ValueParameters,
  opset: number,
): boolean {
  if (use !== 'lookup' || shape.length !== 2 || node.int('axis', 0) !== 0) return false;
  if (elementTypes[parameters.type].bits !== 8) return false;
  return parameters.axis === undefined || opset >= blockOpset;
}

/** Gather of the integers, and of the scales and zero points of their rows, then DequantizeLinear on what was picked. */
export function pickThenDequantize(graph: Graph, naming: Naming, written: WrittenWeight): Successors {
  const { shape, sites, rounded } = written;
  const { axis, blockSize, scales } = rounded.parameters;
  const [rows = 0, columns = 0] = shape;
  const ofRows = axis !== undefined;
  const stored = replaceByIntegers(graph, naming, written, ofRows ? [rows, scales.length / rows] : []);
  const successors: Successors = new Map();
  const attributes = new Map<string, Attribute>();
  if (ofRows) {
    attributes.set('axis', intAttribute(-1));
    attributes.set('block_size', intAttribute(blockSize ?? columns));
  }
  for (const { node } of sites) {
    const [output = ''] = node.outputs;
    const pick = (table: string, picked: string, name?: string) =>
      new Node({ ...node, name, inputs: [table, node.inputs[1] ?? ''], outputs: [picked] });
    const lookup = pick(stored.integers, naming.quantized(output), node.name);
    const added = [lookup];
    let { scale, zeroPoint } = stored;
    if (ofRows) {
      scale = naming.scale(output);
      added.push(pick(stored.scale, scale));
      if (stored.zeroPoint !== undefined) {
        zeroPoint = naming.zeroPoint(output);
        added.push(pick(stored.zeroPoint, zeroPoint));
      }
    }
    const picked: Stored = { integers: lookup.outputs[0] ?? '', scale, zeroPoint };
    added.push(dequantizeLinear(naming.dequantizeNode(output), picked, output, attributes));
    graph.insertBefore(node, ...added);
    graph.remove(node);
    successors.set(node, lookup);
  }
  return successors;
}
