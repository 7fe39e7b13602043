import type { LayerGraph } from './layerGraph.js';

/**
 * Labels that are equal where layers have the same surroundings, by the refinement of Weisfeiler and Lehman: the label of a
 * round joins a layer's own with those of the layers it reads, in order, and of those that read it. `labels[r]` tells apart what
 * differs within r steps. The same numbers stand for the same surroundings in all graphs that are labelled together.
 */
export function neighbourhoodLabels(
  graphs: readonly LayerGraph[],
  ownLabel: (graph: number, position: number) => string,
  rounds: number,
): Int32Array[][] {
  const numbers = new Map<string, number>();
  const numberOf = (key: string): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
  let current = graphs.map(({ layers }, g) => Int32Array.from(layers, (_, i) => numberOf(ownLabel(g, i))));
  const all = current.map((labels) => [labels]);
  for (let round = 1; round <= rounds; round++) {
    current = graphs.map((graph, g) => {
      const labels = current[g]!;
      return Int32Array.from(labels, (own, i) => numberOf(`${round} ${own} ${surroundings(graph, i, labels)}`));
    });
    current.forEach((labels, g) => all[g]!.push(labels));
  }
  return all;
}

function surroundings({ wires, readers }: LayerGraph, position: number, labels: Int32Array): string {
  const read = wires[position]!.map(({ from, output }) => `${from < 0 ? 'outside' : labels[from]!}.${output}`);
  const by = Int32Array.from(readers[position]!, (reader) => labels[reader]!).sort();
  return `${read.join()} ${by.join()}`;
}
