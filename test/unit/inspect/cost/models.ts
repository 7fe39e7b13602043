/** Models of the papers, without their numbers: weights of zeros, or of no bytes at all. */
import type { Initializer, Model } from '../../../../src/graph/model.js';
import type { Node } from '../../../../src/graph/node.js';
import type { Structure } from '../../../../src/inspect/inspectModel.js';
import { inspectStructure } from '../../../../src/inspect/inspectModel.js';
import type { Tensor } from '../../../../src/tensor/tensor.js';
import { graph, info, initializer, model, node } from '../../graph/builders.js';

export const structureOf = (of: Model, shapes?: Record<string, number[]>): Structure =>
  inspectStructure({ model: of, byteLength: 0 }, shapes && new Map(Object.entries(shapes)));

/** A float32 tensor that says how large it is and holds nothing. */
export function weightless(shape: readonly number[]): Tensor {
  const byteLength = shape.reduce((product, size) => product * size, 4);
  return {
    elementType: 'float32',
    shape,
    bytes: { byteLength, read: () => Promise.reject(new Error('nothing is to be read')) },
  };
}

/** Puts layers of a network of images one behind the other. */
export class ImageNetwork {
  readonly #nodes: Node[] = [];
  readonly #weights: Initializer[] = [];
  #last = 0;

  constructor(private readonly size: number) {}

  /** A convolution with padding that keeps the size up to the stride, and a bias as BatchNormalization leaves it. */
  conv(input: string, from: number, to: number, kernel: number, { stride = 1, group = 1, bias = true } = {}): string {
    const weight = this.#weight([to, from / group, kernel, kernel]);
    const inputs = bias ? [input, weight, this.#weight([to])] : [input, weight];
    const pad = kernel >> 1;
    const attributes = { strides: [stride, stride], pads: [pad, pad, pad, pad], group };
    return this.#add('Conv', inputs, attributes);
  }

  relu(input: string): string {
    return this.#add('Relu', [input]);
  }

  add(a: string, b: string): string {
    return this.#add('Add', [a, b]);
  }

  maxPool(input: string): string {
    return this.#add('MaxPool', [input], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  }

  /** The mean over the image, and a dense layer. */
  classify(input: string, from: number, classes: number): string {
    const flat = this.#add('Flatten', [this.#add('GlobalAveragePool', [input])]);
    return this.#add('Gemm', [flat, this.#weight([classes, from]), this.#weight([classes])], { transB: 1 });
  }

  model(output: string, batch: number | string = 'batch'): Model {
    return model(
      graph({
        nodes: this.#nodes,
        inputs: [info('image', [batch, 3, this.size, this.size])],
        outputs: [info(output)],
        initializers: this.#weights,
      }),
    );
  }

  #add(op: string, inputs: string[], attributes: Record<string, number | number[]> = {}): string {
    const output = `v${this.#last++}`;
    this.#nodes.push(node(op, inputs, [output], attributes, { name: `${op}${this.#last}` }));
    return output;
  }

  #weight(shape: number[]): string {
    const name = `w${this.#last++}`;
    this.#weights.push(initializer(name, weightless(shape)));
    return name;
  }
}

/** M. Sandler et al., "MobileNetV2", table 2; BatchNormalization folded. */
export function mobileNetV2(): Model {
  const net = new ImageNetwork(224);
  let value = net.relu(net.conv('image', 3, 32, 3, { stride: 2 }));
  let channels = 32;
  const blocks = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  for (const [expansion, width, repeats, firstStride] of blocks) {
    for (let i = 0; i < repeats; i++) {
      const stride = i === 0 ? firstStride : 1;
      const inner = channels * expansion;
      let branch = value;
      if (expansion > 1) branch = net.relu(net.conv(branch, channels, inner, 1));
      branch = net.relu(net.conv(branch, inner, inner, 3, { stride, group: inner }));
      branch = net.conv(branch, inner, width, 1);
      value = stride === 1 && channels === width ? net.add(value, branch) : branch;
      channels = width;
    }
  }
  value = net.relu(net.conv(value, channels, 1280, 1));
  return net.model(net.classify(value, 1280, 1000));
}

/** K. He et al., "Deep Residual Learning", table 1; BatchNormalization folded. */
export function resNet(depth: 18 | 50): Model {
  const net = new ImageNetwork(224);
  let value = net.maxPool(net.relu(net.conv('image', 3, 64, 7, { stride: 2 })));
  let channels = 64;
  const repeats = depth === 18 ? [2, 2, 2, 2] : [3, 4, 6, 3];
  for (const [stage, times] of repeats.entries()) {
    const width = 64 << stage;
    const outer = depth === 18 ? width : width * 4;
    for (let i = 0; i < times; i++) {
      const stride = i === 0 && stage > 0 ? 2 : 1;
      const shortcut = channels === outer ? value : net.conv(value, channels, outer, 1, { stride });
      let branch: string;
      if (depth === 18) {
        branch = net.conv(net.relu(net.conv(value, channels, width, 3, { stride })), width, width, 3);
      } else {
        branch = net.relu(net.conv(value, channels, width, 1));
        branch = net.relu(net.conv(branch, width, width, 3, { stride }));
        branch = net.conv(branch, width, outer, 1);
      }
      value = net.relu(net.add(shortcut, branch));
      channels = outer;
    }
  }
  return net.model(net.classify(value, channels, 1000));
}
