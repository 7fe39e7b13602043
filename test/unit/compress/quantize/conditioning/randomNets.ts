/** Small convolutional nets drawn by seed, with channels of very different ranges. */
import type { Model } from '../../../../../src/graph/model.js';
import type { Node } from '../../../../../src/graph/node.js';
import { floatAttribute, intAttribute, intsAttribute } from '../../../../../src/graph/node.js';
import type { Tensor, TensorArray } from '../../../../../src/tensor/tensor.js';
import { seededRandom } from '../../../../fixtures/random.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';

export const inputShape = [2, 3, 8, 8] as const;

class Drawing {
  readonly nodes: Node[] = [];
  readonly constants: Record<string, Tensor> = {};
  readonly random: () => number;
  #count = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  pick<T>(options: readonly T[]): T {
    return options[Math.floor(this.random() * options.length)]!;
  }

  add(opType: string, inputs: string[], attributes: Parameters<typeof node>[4] = {}): string {
    const output = `${opType}_${++this.#count}`;
    this.nodes.push(node(opType, inputs, [output], `n${this.#count}`, attributes));
    return output;
  }

  /** Numbers whose size differs from row to row. */
  weight(shape: readonly number[]): string {
    const [rows = 1] = shape;
    const length = shape.reduce((a, b) => a * b, 1);
    const sizes = Array.from({ length: rows }, () => 10 ** (this.random() * 3 - 2));
    const data = Array.from({ length }, (_, i) => (this.random() * 2 - 1) * sizes[Math.floor((i * rows) / length)]!);
    const name = `c${++this.#count}`;
    this.constants[name] = constant(shape, data);
    return name;
  }
}

export function randomNet(seed: number): Model {
  const draw = new Drawing(seed);
  let channels = 3;
  let value = 'x';
  const blocks = 2 + Math.floor(draw.random() * 4);
  for (let i = 0; i < blocks; i++) {
    [value, channels] = draw.pick([plain, plain, depthwise, grouped, transposed, residual])(draw, value, channels);
    value = passing(draw, activation(draw, value, channels), channels);
  }
  const flat = draw.add('Flatten', [
    draw.random() < 0.5 ? draw.add('GlobalAveragePool', [value]) : draw.add('MaxPool', [value], window(2, 2)),
  ]);
  const features = flat.length > 0 && draw.nodes.at(-2)!.opType === 'MaxPool' ? channels * 16 : channels;
  const hidden = draw.random() < 0.5 ? denseByGemm(draw, flat, features, 6) : denseByMatMul(draw, flat, features, 6);
  const y = denseByGemm(draw, activation(draw, hidden, 6), 6, 4);
  return modelOf({
    nodes: draw.nodes,
    inputs: [floatInput('x', inputShape)],
    outputs: [floatInput(y, [2, 4])],
    constants: draw.constants,
  });
}

export function randomInput(seed: number): Record<string, TensorArray> {
  const random = seededRandom(seed + 1000);
  const data = Float32Array.from({ length: 2 * 3 * 64 }, () => random() * 2 - 1);
  return { x: { elementType: 'float32', shape: inputShape, data } };
}

type Block = (draw: Drawing, value: string, channels: number) => [string, number];

const window = (size: number, stride: number) => ({
  kernel_shape: intsAttribute([size, size]),
  strides: intsAttribute([stride, stride]),
});
const padded = { kernel_shape: intsAttribute([3, 3]), pads: intsAttribute([1, 1, 1, 1]) };

const plain: Block = (draw, value, channels) => {
  const made = 4 + 2 * Math.floor(draw.random() * 3);
  const bias = draw.random() < 0.7 ? [draw.weight([made])] : [];
  return [draw.add('Conv', [value, draw.weight([made, channels, 3, 3]), ...bias], padded), made];
};

const depthwise: Block = (draw, value, channels) => {
  const inputs = [value, draw.weight([channels, 1, 3, 3]), draw.weight([channels])];
  return [draw.add('Conv', inputs, { ...padded, group: intAttribute(channels) }), channels];
};

const grouped: Block = (draw, value, channels) => {
  if (channels % 2 !== 0) return plain(draw, value, channels);
  const inputs = [value, draw.weight([6, channels / 2, 1, 1]), draw.weight([6])];
  return [draw.add('Conv', inputs, { group: intAttribute(2) }), 6];
};

const transposed: Block = (draw, value, channels) => {
  const groups = channels % 2 === 0 ? 2 : 1;
  const inputs = [value, draw.weight([channels, 4 / groups, 3, 3]), draw.weight([4])];
  return [draw.add('ConvTranspose', inputs, { ...padded, group: intAttribute(groups) }), 4];
};

const residual: Block = (draw, value, channels) => {
  const inside = activation(draw, draw.add('Conv', [value, draw.weight([8, channels, 1, 1]), draw.weight([8])]), 8);
  const back = draw.add('Conv', [inside, draw.weight([channels, 8, 3, 3]), draw.weight([channels])], padded);
  return [
    draw.add(
      'Add',
      draw.pick([
        [value, back],
        [back, value],
      ]),
    ),
    channels,
  ];
};

function activation(draw: Drawing, value: string, channels: number): string {
  switch (draw.pick(['Relu', 'LeakyRelu', 'PRelu', 'none', 'Clip', 'bounded'])) {
    case 'Relu':
      return draw.add('Relu', [value]);
    case 'LeakyRelu':
      return draw.add('LeakyRelu', [value], { alpha: floatAttribute(0.2) });
    case 'PRelu':
      return draw.add('PRelu', [
        value,
        draw.weight([channels === 6 ? 1 : channels, ...(channels === 6 ? [] : [1, 1])]),
      ]);
    case 'Clip':
      draw.constants['zero'] = constant([], [0]);
      return draw.add('Clip', [value, 'zero']);
    case 'bounded':
      draw.constants['zero'] = constant([], [0]);
      draw.constants['one'] = constant([], [1]);
      return draw.add('Clip', [value, 'zero', 'one']);
    default:
      return value;
  }
}

/** Operators that keep channels apart, and the size of planes. */
function passing(draw: Drawing, value: string, channels: number): string {
  switch (draw.pick(['MaxPool', 'AveragePool', 'Mul', 'Add', 'none', 'none', 'Neg'])) {
    case 'MaxPool':
      return draw.add('MaxPool', [value], padded);
    case 'AveragePool':
      return draw.add('AveragePool', [value], padded);
    case 'Mul':
      return draw.add('Mul', [value, draw.weight([channels, 1, 1])]);
    case 'Add':
      return draw.add('Add', [draw.weight(draw.pick([[1], [channels, 1, 1]])), value]);
    case 'Neg':
      return draw.add('Neg', [value]);
    default:
      return value;
  }
}

function denseByGemm(draw: Drawing, value: string, features: number, made: number): string {
  const transposedWeight = draw.random() < 0.5;
  const shape = transposedWeight ? [made, features] : [features, made];
  const inputs = [value, draw.weight(shape), draw.weight(draw.pick([[made], [1]]))];
  return draw.add('Gemm', inputs, {
    transB: intAttribute(transposedWeight ? 1 : 0),
    alpha: floatAttribute(draw.pick([1, 0.5])),
    beta: floatAttribute(draw.pick([1, 2])),
  });
}

function denseByMatMul(draw: Drawing, value: string, features: number, made: number): string {
  return draw.add('Add', [draw.add('MatMul', [value, draw.weight([features, made])]), draw.weight([made])]);
}
