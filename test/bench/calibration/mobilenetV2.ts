/** MobileNetV2 (Sandler et al. 2018, table 2) for 224 x 224 pixels and 1,000 classes, with random weights: 3.5 M parameters. */
import { Graph } from '../../../src/graph/graph.js';
import type { Attribute, Initializer, Model, ValueInfo } from '../../../src/graph/model.js';
import { floatAttribute, intAttribute, intsAttribute, Node } from '../../../src/graph/node.js';
import { tensorOfArray } from '../../../src/tensor/tensor.js';
import { normalNumbers } from '../../fixtures/random.js';

export const side = 224;

/** Expansion, output channels, repeats, stride of the first. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** As it is exported from PyTorch for inference: BatchNormalization folded, the batch symbolic. */
export function mobilenetV2(): Model {
  const builder = new Builder();
  let value = builder.clipped(builder.convolution('image', 3, 32, 3, 2));
  let channels = 32;
  for (const [expansion, output, repeats, stride] of stages) {
    for (let i = 0; i < repeats; i++) {
      const inner = channels * expansion;
      const expanded = expansion === 1 ? value : builder.clipped(builder.convolution(value, channels, inner, 1, 1));
      const filtered = builder.clipped(builder.convolution(expanded, inner, inner, 3, i === 0 ? stride : 1, inner));
      const projected = builder.convolution(filtered, inner, output, 1, 1);
      const isResidual = i > 0;
      value = isResidual ? builder.node('Add', [value, projected]) : projected;
      channels = output;
    }
  }
  value = builder.clipped(builder.convolution(value, channels, 1280, 1, 1));
  value = builder.node('GlobalAveragePool', [value]);
  value = builder.node('Flatten', [value], { axis: intAttribute(1) });
  return builder.model(builder.classifier(value, 1280, 1000));
}

class Builder {
  readonly #nodes: Node[] = [];
  readonly #initializers: Initializer[] = [];
  #seed = 1;

  constructor() {
    this.#constant('least', [], Float32Array.of(0));
    this.#constant('greatest', [], Float32Array.of(6));
  }

  node(opType: string, inputs: string[], attributes: Record<string, Attribute> = {}): string {
    const name = `${opType}_${this.#nodes.length}`;
    const outputs = [`${name}_output`];
    this.#nodes.push(new Node({ opType, name, inputs, outputs, attributes: new Map(Object.entries(attributes)) }));
    return outputs[0]!;
  }

  /** With weights of He et al. 2015, so that activations keep their spread. */
  convolution(input: string, inputs: number, outputs: number, kernel: number, stride: number, group = 1): string {
    const shape = [outputs, inputs / group, kernel, kernel];
    const fan = (inputs / group) * kernel * kernel;
    const weight = this.#random([...shape], Math.sqrt(2 / fan));
    const pad = (kernel - 1) / 2;
    return this.node('Conv', [input, weight, this.#random([outputs], 0.1)], {
      group: intAttribute(group),
      kernel_shape: intsAttribute([kernel, kernel]),
      strides: intsAttribute([stride, stride]),
      pads: intsAttribute([pad, pad, pad, pad]),
    });
  }

  clipped(value: string): string {
    return this.node('Clip', [value, 'least', 'greatest']);
  }

  classifier(value: string, inputs: number, outputs: number): string {
    const weight = this.#random([outputs, inputs], Math.sqrt(1 / inputs));
    return this.node('Gemm', [value, weight, this.#random([outputs], 0.1)], {
      alpha: floatAttribute(1),
      beta: floatAttribute(1),
      transB: intAttribute(1),
    });
  }

  model(output: string): Model {
    const info = (name: string, shape: (number | string)[]): ValueInfo => ({
      name,
      type: { kind: 'tensor', elementType: 'float32', shape },
    });
    const graph = new Graph({
      name: 'mobilenet-v2',
      nodes: this.#nodes,
      inputs: [info('image', ['batch', 3, side, side])],
      outputs: [info(output, ['batch', 1000])],
      initializers: this.#initializers,
    });
    return { irVersion: 8, opsets: new Map([['', 13]]), metadata: new Map(), graph, functions: [] };
  }

  #random(shape: number[], deviation: number): string {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from(normalNumbers(count, this.#seed++), (x) => x * deviation);
    return this.#constant(`weight_${this.#initializers.length}`, shape, data);
  }

  #constant(name: string, shape: number[], data: Float32Array): string {
    this.#initializers.push({ name, tensor: tensorOfArray({ elementType: 'float32', shape, data }) });
    return name;
  }
}
