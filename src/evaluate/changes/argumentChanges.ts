import type { Layer, LayerWeight } from '../../graph/layers.js';
import { whyUnreadable } from '../../inspect/layerCards.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import { formatNumber } from '../../messages/units.js';
import { readNumbers } from '../../tensor/numbers.js';
import type { Numbers } from '../../tensor/statistics.js';

/** Longer constants that steer an operator are tables of indices; what is in them is not shown. */
const mostElements = 4096;
const mostShown = 6;

/** Constants that steer a pair of one operator (bounds, axes, shapes) and differ. */
export async function argumentChanges(a: Layer, b: Layer): Promise<Message[]> {
  const changes: Message[] = [];
  for (const argument of a.weights.filter(isArgument)) {
    const other = b.weights.find(({ input }) => input === argument.input);
    if (!other || !isArgument(other)) continue;
    const [before, after] = (await Promise.all([argument, other].map(({ tensor }) => readNumbers(tensor)))) as [
      Numbers,
      Numbers,
    ];
    if (before.length === after.length && before.every((number, i) => Object.is(number, after[i]))) continue;
    const texts = { before: listText(before), after: listText(after) };
    changes.push(sentence('evaluate.change.argument', { input: argument.input + 1, ...texts }));
  }
  return changes;
}

function isArgument(weight: LayerWeight): boolean {
  const { isParameter, role, elements, input } = weight;
  const steers = !isParameter && role !== 'scale' && role !== 'zeroPoint';
  return steers && input >= 0 && elements <= mostElements && !whyUnreadable(weight);
}

function listText(numbers: Numbers): string {
  const shown = Array.from(numbers.subarray(0, mostShown), formatNumber);
  if (numbers.length === 1) return shown[0]!;
  return numbers.length <= mostShown ? `[${shown.join(', ')}]` : `[${shown.join(', ')}, …] (${numbers.length})`;
}
