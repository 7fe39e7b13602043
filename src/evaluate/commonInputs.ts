import { inputTexts, modelInputs, type ModelInput } from '../data/modelInput.js';
import type { Model } from '../graph/model.js';
import { Failure } from '../messages/failure.js';

export interface NamedModel {
  readonly name: string;
  readonly model: Model;
}

/** The inputs that all of one or two models take, a dimension fixed where it is fixed in either. */
export function commonInputs(models: readonly NamedModel[]): ModelInput[] {
  const [first, second] = models.map(({ model }) => modelInputs(model));
  if (!second) return first!;
  const byName = new Map(second.map((input) => [input.name, input]));
  const differ =
    first!.length !== second.length ||
    first!.some(({ name, elementType, shape }) => {
      const other = byName.get(name);
      return other?.elementType !== elementType || !canAgree(shape, other.shape);
    });
  if (differ) {
    const [model, other] = models.map(({ name }) => name) as [string, string];
    const names = { inputs: inputTexts(first!), otherInputs: inputTexts(second) };
    throw new Failure('evaluate.inputs-differ', { model, other, ...names });
  }
  return first!.map((input) => {
    const other = byName.get(input.name)!;
    const shape = input.shape?.map((size, i) => (typeof size === 'number' ? size : (other.shape?.[i] ?? size)));
    return { ...input, shape: shape ?? other.shape };
  });
}

function canAgree(a: ModelInput['shape'], b: ModelInput['shape']): boolean {
  if (!a || !b) return true;
  const differs = (x: unknown, y: unknown) => typeof x === 'number' && typeof y === 'number' && x !== y;
  return a.length === b.length && !a.some((size, i) => differs(size, b[i]));
}
