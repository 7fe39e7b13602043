import { chosenNodes } from './chosen.js';
import { layersOf } from '../../graph/layers.js';
import type { DynamicGraph } from './dynamicGraph.js';
import type { RoundedWeight, RoundedWeights } from './rounding/rounding.js';
import { roundingTasks } from './rounding/roundingTasks.js';
import { roundWeights } from './rounding/roundWeights.js';
import type { QuantizeInput } from './scheme.js';
import type { ValueParameters } from './valueParameters.js';
import type { Codes } from './weights.js';

/**
 * Rounds the weights of the main graph as they stand in the prepared model, where a Gemm may have them the other way
 * round. Rounding to the nearest is done weight by weight where they are written.
 */
export async function roundDynamic(
  input: QuantizeInput,
  graphs: readonly DynamicGraph[],
  transposed: ReadonlyMap<string, string>,
): Promise<RoundedWeights> {
  const { model, options, choices } = input;
  if (options.rounding === 'nearest' && !input.rounded) return { weights: new Map(), notes: [] };
  const constants = graphs.filter(({ request }) => !request.scope.parent).flatMap((graph) => graph.constants);
  const weights = constants.filter(({ isWeight }) => isWeight);
  const asPrepared = weights.map(
    ({ value, parameters }) =>
      [transposed.get(value) ?? value, transposed.has(value) ? turnedAxis(parameters) : parameters] as const,
  );
  const readers = chosenNodes(layersOf(model), choices);
  const tasks = await roundingTasks(model, asPrepared, (node) => readers.has(node));
  const rounded = await roundWeights(model, tasks, options, input);
  const found = new Map<string, RoundedWeight>();
  for (const { value, tensor } of weights) {
    const better = rounded.weights.get(transposed.get(value) ?? value);
    if (!better) continue;
    const [rows = 1, columns = 1] = tensor.shape;
    found.set(
      value,
      transposed.has(value)
        ? { codes: turnedMatrix(better.codes, rows, columns), parameters: turnedAxis(better.parameters) }
        : better,
    );
  }
  return { weights: found, notes: rounded.notes };
}

function turnedAxis(parameters: ValueParameters): ValueParameters {
  return parameters.axis === undefined ? parameters : { ...parameters, axis: 1 - parameters.axis };
}

/** The matrix [rows, columns] of one that is stored as [columns, rows]. */
function turnedMatrix(codes: Codes, rows: number, columns: number): Codes {
  const result = codes.slice();
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[r * columns + c] = codes[c * rows + r]!;
  }
  return result;
}
