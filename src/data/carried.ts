/** Recurrent state: inputs that take over an output of the run before. */
import type { ValueInfo } from '../graph/model.js';
import type { Model } from '../graph/model.js';
import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import type { ElementType } from '../tensor/elementType.js';
import { elementCount } from '../tensor/elementType.js';
import { emptyNumericArray, hasNumericArray } from '../tensor/numericArray.js';
import type { TensorArray } from '../tensor/tensor.js';
import type { CarriedInput } from './carriedInput.js';
import { inputNames, modelInputs } from './modelInput.js';

export type { CarriedInput };

/**
 * The inputs that can be carried: those named (`state=stateN`), and those whose name an output of the same type and a
 * fitting shape continues: `state` and `stateN`, `h` and `hn`, `past_x` and `present_x`. They matter only where the data has
 * no array for the input. Fails where a named pair does not exist or does not fit.
 */
export function carriedInputs(model: Model, named: readonly string[] = []): CarriedInput[] {
  const inputs = modelInputs(model);
  const infos = new Map(model.graph.inputs.map((info) => [info.name, info]));
  const outputs = new Map(model.graph.outputs.map((info) => [info.name, info]));
  const carried = new Map<string, CarriedInput>();
  for (const text of named) {
    const [input, output, ...rest] = text.split('=').map((name) => name.trim());
    if (!input || !output || rest.length > 0) throw new Failure('activations.carry-form', { text });
    const refuse = (detail: string) =>
      new Failure('activations.unknown-carry', {
        input,
        output,
        detail,
        inputs: inputNames(inputs),
        outputs: [...outputs.keys()].join(', '),
      });
    if (!inputs.some(({ name }) => name === input)) throw refuse(`it has no input ${input}`);
    if (!outputs.has(output)) throw refuse(`it has no output ${output}`);
    const made = carriedInput(infos.get(input)!, outputs.get(output)!);
    if (!made) throw refuse('their types or shapes differ');
    carried.set(input, made);
  }
  for (const { name } of inputs) {
    if (carried.has(name)) continue;
    const successors = [...outputs.values()].filter((info) => continues(name, info.name));
    const fitting = successors.flatMap((info) => carriedInput(infos.get(name)!, info) ?? []);
    if (fitting.length === 1) carried.set(name, fitting[0]!);
  }
  return [...carried.values()];
}

/** What a person must know of inputs that the data leaves to be carried. */
export function carryNotes(carried: readonly CarriedInput[]): Message[] {
  return carried.map(({ input, output }) => sentence('activations.carried', { input, output }));
}

const endings = ['n', 'N', '_n', 'out', 'Out', '_out', '_next', 'Next', '.1'];

function continues(input: string, output: string): boolean {
  if (endings.some((ending) => output === input + ending)) return true;
  return output === input.replace(/past/, 'present') && output !== input;
}

/** Undefined where the output cannot be fed to the input. */
function carriedInput({ name, type }: ValueInfo, output: ValueInfo): CarriedInput | undefined {
  if (type?.kind !== 'tensor' || !type.shape || !hasNumericArray(type.elementType)) return undefined;
  if (output.type?.kind === 'tensor') {
    if (output.type.elementType !== type.elementType) return undefined;
    const given = output.type.shape;
    if (given && given.length !== type.shape.length) return undefined;
    const differs = (size: unknown, i: number) =>
      typeof size === 'number' && typeof given?.[i] === 'number' && size > 0 && given[i] > 0 && size !== given[i];
    if (given && type.shape.some(differs)) return undefined;
  } else if (output.type) return undefined;
  const shape = type.shape.map((size) => (typeof size === 'number' && size > 0 ? size : 1));
  return { input: name, output: output.name, initial: zeros(type.elementType, shape) };
}

function zeros(elementType: ElementType, shape: readonly number[]): TensorArray {
  return { elementType, shape, data: emptyNumericArray(elementType, elementCount(shape)) };
}
