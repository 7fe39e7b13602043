import type { GraphInit } from '../../../../src/graph/graph.js';
import { layersOf } from '../../../../src/graph/layers.js';
import type { Model } from '../../../../src/graph/model.js';
import { FindingsCollector } from '../../../../src/inspect/findings/findings.js';
import type { Finding } from '../../../../src/inspect/inspection.js';
import { listedWeights } from '../../../../src/inspect/layerCards.js';
import { measureWeight } from '../../../../src/inspect/measureWeight.js';
import { english } from '../../../../src/messages/catalog.js';
import type { Tensor } from '../../../../src/tensor/tensor.js';
import { seededRandom } from '../../../fixtures/random.js';
import { graph, info, model, node } from '../../graph/builders.js';

/** What is found in a model when all its weights have been measured, in the order of the file or the other way round. */
export async function findingsOf(init: GraphInit | Model, { reversed = false } = {}): Promise<Finding[]> {
  const layers = layersOf('graph' in init ? init : model(graph(init)));
  const collector = new FindingsCollector(layers);
  for (const layer of reversed ? [...layers].reverse() : layers) {
    for (const weight of listedWeights(layer)) {
      collector.add({ layer, weight, statistics: await measureWeight(layer, weight) });
    }
  }
  return collector.findings();
}

/** A model of one layer, `dense`, whose weight `w` has its channels along the second axis. */
export function dense(w: Tensor): GraphInit {
  return {
    nodes: [node('MatMul', ['x', 'w'], ['y'], {}, { name: 'dense' })],
    inputs: [info('x', ['batch', w.shape[0]!])],
    initializers: [{ name: 'w', tensor: w }],
  };
}

export const texts = (findings: readonly Finding[]): string[] =>
  findings.map(({ kind, message }) => `${kind}: ${english(message)}`);

/** Uniform numbers without a pattern between -1 and 1. */
export function spread(count: number, seed = 1): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random() * 2 - 1);
}

/** Normal numbers (Box and Muller 1958). */
export function normal(count: number, deviation = 1, seed = 1): number[] {
  const random = seededRandom(seed);
  return Array.from(
    { length: count },
    () => deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}
