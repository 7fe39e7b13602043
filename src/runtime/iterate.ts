import type { TensorArray } from '../tensor/tensor.js';
import { collectGarbage, noteGarbage } from './garbage.js';
import type { HeldValues } from './heldValues.js';
import type { Iteration } from './iteration.js';
import { RowOrder, rowsOf } from './iteration.js';

/** A loaded model as its steps need it. `Tensor` is onnxruntime's, passed on from step to step as it is. */
interface Steps<Tensor> {
  toTensors(values: Readonly<Record<string, TensorArray>>): Promise<Record<string, Tensor>>;
  run(feeds: Record<string, Tensor>, fetches: readonly string[]): Promise<Record<string, Tensor>>;
  fromTensor(tensor: Tensor): TensorArray;
}

/** Runs a model on its own outputs, over and over. Answers the traces by output. */
export async function iterate<Tensor>(
  { steps, firstStep, constants, state, batches, batchSize, seed, schedule, traces }: Iteration,
  held: HeldValues,
  { toTensors, run, fromTensor }: Steps<Tensor>,
): Promise<Record<string, Float32Array>> {
  const named = (names: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(names).map(([input, name]) => [input, held.require(name)]));
  const sources = named(batches);
  const order = new RowOrder(Object.values(sources)[0]?.shape[0] ?? 1, batchSize, seed);
  const states = Object.entries(state);
  const feeds = await toTensors({
    ...named(constants),
    ...named(Object.fromEntries(states.map(([name]) => [name, name]))),
  });
  const fetches = [...new Set([...Object.values(state), ...traces])];
  const told = Object.fromEntries(traces.map((output) => [output, new Float32Array(steps)]));
  const stateBytes = states.reduce((sum, [input]) => sum + held.require(input).data.byteLength, 0);
  for (let step = 0; step < steps; step++) {
    const rows = order.rowsOf(firstStep + step);
    const drawn = Object.entries(sources).map(([input, value]) => [input, rowsOf(value, rows)]);
    const numbers = Object.entries(schedule).map(([input, values]): [string, TensorArray] => [
      input,
      { elementType: 'float32', shape: [], data: values.slice(step, step + 1) },
    ]);
    collectGarbage();
    Object.assign(feeds, await toTensors(Object.fromEntries([...drawn, ...numbers])));
    const results = await run(feeds, fetches);
    for (const [input, output] of states) feeds[input] = results[output]!;
    for (const output of traces) told[output]![step] = Number(fromTensor(results[output]!).data[0]);
    noteGarbage(stateBytes);
  }
  for (const [input] of states) held.hold(input, fromTensor(feeds[input]!));
  return told;
}
