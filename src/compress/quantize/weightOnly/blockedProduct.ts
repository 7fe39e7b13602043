/** Products by matrices of 2, 4 and 8 bits in blocks (onnxruntime, ContribOperators.md, MatMulNBits). */
import type { Graph } from '../../../graph/graph.js';
import type { Attribute } from '../../../graph/model.js';
import { intAttribute, Node } from '../../../graph/node.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { Tensor } from '../../../tensor/tensor.js';
import type { Naming } from '../naming.js';
import { removeInitializer } from '../removeInitializer.js';
import type { RoundedWeight } from '../rounding/rounding.js';
import { tensorFrom } from '../tensors.js';
import type { BlockedBits, BlockedMatrix } from './blockedMatrix.js';
import { blockedMatrix, packedCodes, packedZeroPoints } from './blockedMatrix.js';
import { store } from './storedWeight.js';
import type { Stored, StoredTensors, Successors, WrittenWeight } from './storedWeight.js';

export const contribDomain = 'com.microsoft';

/** MatMulNBits in the place of each MatMul and Gemm, whose bias it adds and whose alpha its scales take over. */
export function writeBlockedProducts(
  graph: Graph,
  naming: Naming,
  { weight, shape, sites, rounded }: WrittenWeight,
  accuracyLevel: number,
): Successors {
  const successors: Successors = new Map();
  const flat = withoutLeadingAxes(rounded, shape.length);
  const forms = new Map<string, { readonly matrix: BlockedMatrix; readonly stored: Stored }>();
  for (const { node, blockAxis = 0 } of sites) {
    const axis = blockAxis - (shape.length - 2);
    const alpha = node.is('Gemm') ? node.float('alpha', 1) : 1;
    const key = JSON.stringify([axis, alpha]);
    const form = forms.get(key) ?? storeBlocked(graph, naming, weight, flat, shape, axis, alpha);
    forms.set(key, form);
    const product = matMulNBits(form.matrix, form.stored, {
      name: node.name,
      input: node.inputs[0] ?? '',
      bias: node.is('Gemm') ? node.inputs[2] || undefined : undefined,
      output: node.outputs[0] ?? '',
      accuracyLevel,
    });
    graph.insertBefore(node, product);
    graph.remove(node);
    successors.set(node, product);
  }
  removeInitializer(graph, weight);
  return successors;
}

/** Leading axes of one index do not move any element. */
function withoutLeadingAxes({ codes, parameters }: RoundedWeight, rank: number): RoundedWeight {
  const { axis } = parameters;
  return { codes, parameters: { ...parameters, ...(axis !== undefined && { axis: axis - (rank - 2) }) } };
}

function storeBlocked(
  graph: Graph,
  naming: Naming,
  weight: string,
  rounded: RoundedWeight,
  shape: readonly number[],
  axis: number,
  alpha: number,
) {
  const [rows = 0, columns = 0] = shape.slice(-2);
  const bits = elementTypes[rounded.parameters.type].bits as BlockedBits;
  const plain = blockedMatrix(rounded, [rows, columns], axis, bits);
  const matrix = { ...plain, scales: plain.scales.map((scale) => scale * alpha) };
  return { matrix, stored: store(graph, naming, weight, blockedTensors(matrix)) };
}

/** Zero points that are whole are packed as the codes are; others are floats. */
export function blockedTensors(matrix: BlockedMatrix): StoredTensors {
  const { outputs, blockSize, bits, scales, zeroPoints } = matrix;
  const blocks = scales.length / outputs;
  return {
    codes: tensorFrom('uint8', [outputs, blocks, (blockSize * bits) / 8], packedCodes(matrix)),
    scales: tensorFrom('float32', [outputs, blocks], scales),
    zeroPoints: zeroPoints && zeroPointTensor(zeroPoints, matrix),
  };
}

function zeroPointTensor(zeroPoints: Float32Array, { outputs, bits }: BlockedMatrix): Tensor {
  if (!zeroPoints.every(Number.isInteger)) {
    return tensorFrom('float32', [outputs, zeroPoints.length / outputs], zeroPoints);
  }
  const packed = packedZeroPoints(zeroPoints, outputs, bits);
  return tensorFrom('uint8', [outputs, packed.length / outputs], packed);
}

export interface ProductSettings {
  readonly name?: string;
  readonly input: string;
  readonly bias?: string;
  readonly output: string;
  /** 0: activations stay float32. 4: onnxruntime rounds them to 8 bits in blocks. */
  readonly accuracyLevel: number;
}

export function matMulNBits(
  { inputs: K, outputs: N, bits, blockSize }: BlockedMatrix,
  { integers, scale, zeroPoint }: Stored,
  { name, input, bias, output, accuracyLevel }: ProductSettings,
): Node {
  const inputs = [input, integers, scale];
  if (zeroPoint !== undefined || bias !== undefined) inputs.push(zeroPoint ?? '');
  if (bias !== undefined) inputs.push('', bias);
  const attributes = new Map<string, Attribute>([
    ['K', intAttribute(K)],
    ['N', intAttribute(N)],
    ['bits', intAttribute(bits)],
    ['block_size', intAttribute(blockSize)],
  ]);
  if (accuracyLevel > 0) attributes.set('accuracy_level', intAttribute(accuracyLevel));
  return new Node({ opType: 'MatMulNBits', domain: contribDomain, name, inputs, outputs: [output], attributes });
}
