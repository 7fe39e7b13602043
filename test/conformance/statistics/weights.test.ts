/** The statistics of every float weight of the sample and of real models, against numpy's (generate.py). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/graph/graph.js';
import { distinctWeights, layersOf } from '../../../src/graph/layers.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { elementTypes } from '../../../src/tensor/elementType.js';
import { measure } from '../../../src/tensor/measure.js';
import { tensorNumbers } from '../../../src/tensor/numbers.js';
import type { GoldenStatistics } from './golden.js';
import { expectGolden, fixture } from './golden.js';

interface GoldenWeight extends GoldenStatistics {
  shape: number[];
  /** Of the 2,048 counts as uint32. */
  histogram: string;
  /** Of the least and the greatest values along each axis, as float64. */
  channels: string[];
}

const { models } = JSON.parse(readFileSync(fixture('weights.json'), 'utf8')) as {
  models: Record<string, Record<string, GoldenWeight>>;
};

/** The graphs in the order in which generate.py numbers them. */
function* graphsOf(graph: Graph): Generator<Graph> {
  yield graph;
  for (const node of graph.nodes) for (const [, inner] of node.subgraphs()) yield* graphsOf(inner);
}

function hash(...parts: ArrayBufferView[]): string {
  const sum = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of parts) sum.update(new Uint8Array(buffer, byteOffset, byteLength));
  return sum.digest('hex').slice(0, 16);
}

describe.each(Object.keys(models))('the weights of %s', (path) => {
  it('are all found, with the statistics that numpy gives', async () => {
    const opened = await openModel(resolve(path));
    const place = new Map<unknown, number>();
    for (const [i, graph] of [...graphsOf(opened.model.graph)].entries()) {
      for (const owner of [...graph.nodes, ...graph.initializers.values()]) place.set(owner, i);
    }

    const missing = new Set(Object.keys(models[path]!));
    for (const weight of distinctWeights(layersOf(opened.model))) {
      const { kind } = elementTypes[weight.tensor.elementType];
      const isInAttribute = weight.input < 0;
      if (kind !== 'float' || weight.elements === 0 || isInAttribute) continue;
      const key = `${place.get(weight.owner)}/${weight.name}`;
      const golden = models[path]![key]!;
      expect(weight.shape, key).toEqual(golden.shape);
      missing.delete(key);

      const axes = golden.shape.length > 0 ? golden.shape.keys() : [null];
      for (const axis of axes) {
        const statistics = await measure(tensorNumbers(weight.tensor), { axis });
        const { histogram, channels } = statistics;
        if (axis !== null)
          expect(hash(Float64Array.from(channels!.min), Float64Array.from(channels!.max))).toBe(golden.channels[axis]);
        if (axis) continue;
        expectGolden(statistics, golden);
        expect(hash(Uint32Array.from(histogram.counts)), key).toBe(golden.histogram);
      }
    }
    expect([...missing]).toEqual([]);
    await opened.close();
  });
});
