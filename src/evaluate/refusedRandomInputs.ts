import type { Dataset } from '../data/dataset.js';
import { Failure } from '../messages/failure.js';

/** That a model does not run on random inputs, whose free sizes are guessed, says nothing against the model. */
export function refusedRandomInputs(error: unknown, { inputs }: Dataset): unknown {
  if (!(error instanceof Failure) || error.code !== 'runtime.run') return error;
  const shapes = inputs.map(({ name, sampleShape }) => `${name} [${sampleShape?.join(',')}]`).join(', ');
  const { model = '', detail = '' } = error.params;
  return new Failure('evaluate.random-refused', { model, shapes, detail }, { cause: error });
}
