import type { LinearLayer } from '../../../graph/channels/linearLayer.js';
import { Graph } from '../../../graph/graph.js';
import type { Model } from '../../../graph/model.js';
import { NodeWriter } from '../../../graph/nodeWriter.js';
import type { Laboratory } from '../../laboratory.js';

/**
 * The squared errors of a product's outputs, summed over its samples, that differences of its weight make: of each D the
 * sum over outputs of d' H d, with H the second moments of the inputs ([inputs, inputs]).
 */
export async function outputErrors(
  laboratory: Laboratory,
  { rows, columns, rowsAre }: LinearLayer,
  moments: Float32Array,
  differences: readonly Float32Array[],
  signal?: AbortSignal,
): Promise<Float64Array> {
  const inputs = rowsAre === 'inputs' ? rows : columns;
  const stacked = new Float32Array(differences.length * rows * columns);
  differences.forEach((each, i) => stacked.set(each, i * each.length));
  const model = errorModel(rowsAre);
  const found = await laboratory.run(
    model,
    {
      moments: { elementType: 'float32', shape: [inputs, inputs], data: moments },
      differences: { elementType: 'float32', shape: [differences.length, rows, columns], data: stacked },
    },
    { signal },
  );
  return Float64Array.from(found['errors']?.data as Float32Array);
}

function errorModel(rowsAre: LinearLayer['rowsAre']): Model {
  const info = (name: string) => ({ name, type: { kind: 'tensor' as const, elementType: 'float32' as const } });
  const graph = new Graph({
    name: 'errors',
    inputs: [info('moments'), info('differences')],
    outputs: [info('errors')],
  });
  const model: Model = { irVersion: 8, opsets: new Map([['', 13]]), metadata: new Map(), graph, functions: [] };
  const writer = new NodeWriter(model);
  const factors = rowsAre === 'inputs' ? ['moments', 'differences'] : ['differences', 'moments'];
  const products = writer.add('Mul', ['differences', writer.add('MatMul', factors)]);
  writer.named(writer.sum(products, [1, 2]), 'errors');
  return model;
}
