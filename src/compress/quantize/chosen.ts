import type { Layer } from '../../graph/layers.js';
import type { Node } from '../../graph/node.js';
import type { Choices } from '../method.js';

/** The nodes of the layers that are not to be left as they are. */
export function chosenNodes(
  layers: readonly Layer[],
  choices: Choices,
  without?: ReadonlyMap<string, unknown>,
): Set<Node> {
  const chosen = layers.filter(({ name }) => {
    const choice = choices.get(name);
    return choice !== undefined && choice.settings !== null && !without?.has(name);
  });
  return new Set(chosen.map(({ node }) => node));
}
