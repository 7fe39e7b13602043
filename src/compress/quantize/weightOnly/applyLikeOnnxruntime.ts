/** What onnxruntime's MatMulNBitsQuantizer writes (matmul_nbits_quantizer.py, DefaultWeightOnlyQuantizer), to the bit. */
import { copyModel } from '../../../graph/copy.js';
import type { Graph } from '../../../graph/graph.js';
import { layersOf } from '../../../graph/layers.js';
import { intAttribute, intsAttribute, Node } from '../../../graph/node.js';
import { removeDead } from '../../../graph/removeDead.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { Tensor } from '../../../tensor/tensor.js';
import type { Applied, ApplyInput } from '../../method.js';
import { chosenNodes } from '../chosen.js';
import { nothingToDo } from '../nothingToDo.js';
import type { QuantizeOptions } from '../options.js';
import { floatsOf, tensorFrom } from '../tensors.js';
import type { BlockedBits, BlockedMatrix } from './blockedMatrix.js';
import { gatherBlockQuantized } from './blockedLookup.js';
import { blockedTensors, contribDomain, matMulNBits } from './blockedProduct.js';
import { quantizeLikeOnnxruntime, quantizeTableLikeOnnxruntime } from './onnxruntimeBlocks.js';

/** Tensors of 4 bits are there since this operator set: the model is said to have it, and not converted. */
const fourBitOpset = 21;

/** The blocks of QDQ format are 4 bits wide in any case. */
const qdqBits = 4;

/** Quantizes the chosen MatMul and Gather layers as onnxruntime does. */
export async function applyLikeOnnxruntime(input: ApplyInput<QuantizeOptions>): Promise<Applied> {
  const { choices, options, signal, onProgress } = input;
  const model = copyModel(input.model);
  const layers = layersOf(model);
  const chosen = chosenNodes(layers, choices);
  if (chosen.size === 0) throw nothingToDo([]);
  const writer = new ExactWriter(model.graph, options);
  const successor = new Map<Node, Node>();
  for (const node of chosen) {
    signal?.throwIfAborted();
    successor.set(node, node.is('Gather') ? await writer.lookup(node) : await writer.product(node));
    onProgress?.(successor.size / chosen.size);
  }
  if (options.format === 'qoperator') model.opsets.set(contribDomain, 1);
  const opset = model.opsets.get('') ?? 0;
  const needsFourBits = options.format !== 'qoperator' || [...chosen].some((node) => node.is('Gather'));
  if (needsFourBits) model.opsets.set('', Math.max(opset, fourBitOpset));
  removeDead(model);
  const nameAfter = new Map(layersOf(model).map(({ node, name }) => [node, name]));
  const applied: Applied['applied'][number][] = [];
  const sites = new Map<string, readonly string[]>();
  for (const { name, node } of layers) {
    const after = nameAfter.get(successor.get(node) ?? node);
    sites.set(name, after === undefined ? [] : [after]);
    if (successor.has(node)) applied.push({ layer: name, choice: choices.get(name)?.label ?? '' });
  }
  return { model, applied, skipped: [], notes: [], sites };
}

class ExactWriter {
  constructor(
    readonly graph: Graph,
    readonly options: QuantizeOptions,
  ) {}

  async product(node: Node): Promise<Node> {
    const { format, blockSize, weightType, accuracyLevel } = this.options;
    const [activation = '', weight = ''] = node.inputs;
    const tensor = this.#tensor(weight);
    const [inputs = 0, outputs = 0] = tensor.shape.slice(-2);
    const data = await floatsOf(tensor);
    const symmetric = isSymmetric(this.options);
    const bits = format !== 'qoperator' ? qdqBits : (elementTypes[weightType].bits as BlockedBits);
    const matrix = quantizeLikeOnnxruntime(data, [inputs, outputs], bits, blockSize || inputs, symmetric);
    if (format !== 'qoperator') return this.#dequantized(node, weight, matrix);
    const { codes, scales, zeroPoints } = blockedTensors(matrix);
    const stored = {
      integers: this.#add(`${weight}_Q${bits}`, codes),
      scale: this.#add(`${weight}_scales`, scales),
      ...(zeroPoints && { zeroPoint: this.#add(`${weight}_zero_points`, zeroPoints) }),
    };
    const [output = ''] = node.outputs;
    const name = named(node, `_Q${bits}`);
    const product = matMulNBits(matrix, stored, {
      name,
      input: activation,
      output,
      accuracyLevel: accuracyLevel ?? 0,
    });
    return this.#replace(node, product);
  }

  /** One scale a column has the weight turned over where it is symmetric, for the NPUs of one maker. */
  #dequantized(node: Node, weight: string, matrix: BlockedMatrix): Node {
    const { inputs, outputs, blockSize, codes, scales, zeroPoints } = matrix;
    const columns = this.options.blockSize === 0 && zeroPoints === null;
    const blocks = scales.length / outputs;
    const type = zeroPoints ? 'uint4' : 'int4';
    const shift = zeroPoints ? 0 : 8;
    const shape = columns ? [outputs, inputs] : [inputs, outputs];
    const integers = new Int8Array(inputs * outputs);
    for (let n = 0; n < outputs; n++) {
      for (let k = 0; k < inputs; k++) {
        const at = columns ? n * inputs + k : k * outputs + n;
        integers[at] = (codes[n * blocks * blockSize + k] as number) - shift;
      }
    }
    const name = `${weight}_DQ_Q${qdqBits}`;
    const scaleShape = columns ? [outputs, blocks] : [blocks, outputs];
    const values = [this.#add(name, tensorFrom(type, shape, integers))];
    const inOrder = (numbers: Float32Array) => (columns ? numbers : turned(numbers, outputs, blocks));
    values.push(this.#add(`${weight}_DQ_scales`, tensorFrom('float32', scaleShape, inOrder(scales))));
    if (zeroPoints) {
      values.push(this.#add(`${weight}_DQ_zero_points`, tensorFrom(type, scaleShape, inOrder(zeroPoints))));
    }
    const dequantize = new Node({
      opType: 'DequantizeLinear',
      name: named(node, `_DQ_Q${qdqBits}`),
      inputs: values,
      outputs: [`${name}_output`],
      attributes: new Map([
        ['axis', intAttribute(columns ? 1 : 0)],
        ['block_size', intAttribute(blockSize)],
      ]),
    });
    const added = [dequantize];
    if (columns) {
      const perm = new Map([['perm', intsAttribute([1, 0])]]);
      const outputs = [`${name}_output_transposed`];
      added.push(new Node({ opType: 'Transpose', inputs: [`${name}_output`], outputs, attributes: perm }));
    }
    const product = new Node({
      opType: 'MatMul',
      name: named(node, `_matmul_Q${qdqBits}`),
      inputs: [node.inputs[0] ?? '', added.at(-1)?.outputs[0] ?? ''],
      outputs: [...node.outputs],
    });
    return this.#replace(node, ...added, product);
  }

  async lookup(node: Node): Promise<Node> {
    const { blockSize } = this.options;
    const [table = ''] = node.inputs;
    const tensor = this.#tensor(table);
    const [rows = 0, columns = 0] = tensor.shape;
    const symmetric = isSymmetric(this.options);
    const blocked = quantizeTableLikeOnnxruntime(await floatsOf(tensor), [rows, columns], blockSize, symmetric);
    const type = symmetric ? 'int4' : 'uint4';
    const scaleShape = [rows, blocked.scales.length / rows];
    const stored = {
      integers: this.#add(`${table}_Q4`, tensorFrom(type, tensor.shape, blocked.codes)),
      scale: this.#add(`${table}_scales`, tensorFrom('float32', scaleShape, blocked.scales)),
      ...(blocked.zeroPoints && {
        zeroPoint: this.#add(`${table}_zero_points`, tensorFrom(type, scaleShape, blocked.zeroPoints)),
      }),
    };
    const form = { gatherAxis: node.int('axis', 0), quantizeAxis: 1, blockSize, isBytes: false };
    return this.#replace(node, gatherBlockQuantized(node, stored, form, named(node, '_Q4')));
  }

  #tensor(name: string): Tensor {
    const tensor = this.graph.initializers.get(name)?.tensor;
    if (!tensor) throw new RangeError(`${name} is no initializer`);
    return tensor;
  }

  #add(name: string, tensor: Tensor): string {
    this.graph.initializers.set(name, { name, tensor });
    return name;
  }

  #replace(node: Node, ...nodes: Node[]): Node {
    this.graph.insertBefore(node, ...nodes);
    this.graph.remove(node);
    return nodes.at(-1) as Node;
  }
}

/** int types are symmetric there, uint types are not. */
export function isSymmetric({ weightType }: Pick<QuantizeOptions, 'weightType'>): boolean {
  return !weightType.startsWith('u');
}

function named(node: Node, suffix: string): string | undefined {
  return node.name ? node.name + suffix : undefined;
}

/** [rows, columns] by columns. */
function turned(numbers: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(numbers, (_, i) => numbers[(i % rows) * columns + Math.floor(i / rows)] as number);
}
