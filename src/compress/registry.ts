import { Failure } from '../messages/failure.js';
import type { Method } from './method.js';
import { nearestOf } from './options.js';
import { quantize } from './quantize/quantize.js';

/** A method whose options only it knows: they are parsed by its own schema and handed back to it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyMethod = Method<any>;

/** Every method, in the order a person sees them. */
export const methods: readonly AnyMethod[] = [quantize];

/** The method of a name. Throws a Failure that names the nearest. */
export function methodOf(name: string): AnyMethod {
  const method = methods.find((each) => each.name === name);
  if (method) return method;
  const names = methods.map((each) => each.name);
  throw new Failure('compress.unknown-method', {
    method: name,
    nearest: nearestOf(name, names),
    methods: names.join(', '),
  });
}
