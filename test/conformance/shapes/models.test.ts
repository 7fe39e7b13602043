import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inferShapes } from '../../../src/graph/inferShapes.js';
import type { Dimension, Model } from '../../../src/graph/model.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { elementTypeOfCode } from '../../../src/tensor/elementType.js';

type Values = Record<string, [elementType: number, shape: (number | string | null)[] | null]>;
interface Entry {
  model: string;
  inputShapes: Record<string, number[]>;
  /** The If whose then-branch was run, where the model is one. */
  branch: string | null;
  /** By onnx, from the file alone. */
  inferred: Values;
  /** By onnxruntime, run on inputs of `inputShapes`. */
  executed: Values;
}

const { models } = JSON.parse(readFileSync(new URL('./models.json', import.meta.url), 'utf8')) as { models: Entry[] };

async function withModel(path: string, check: (model: Model) => void): Promise<void> {
  const opened = await openModel(path);
  try {
    check(opened.model);
  } finally {
    await opened.close();
  }
}

function branchOf({ graph }: Model, branch: string | null) {
  const node = branch === null ? undefined : graph.nodes.find((each) => each.opType === 'If');
  return node ? [...node.subgraphs()].find(([name]) => name === 'then_branch')![1] : graph;
}

describe.each(models)('shapes of $model', ({ model: path, inputShapes, branch, inferred, executed }) => {
  it('are those that onnxruntime makes, every one', () =>
    withModel(path, (model) => {
      const inference = inferShapes(model, { inputShapes: new Map(Object.entries(inputShapes)) });
      const graph = branchOf(model, branch);
      const found = Object.fromEntries(
        Object.keys(executed).map((name) => [
          name,
          [inference.elementTypeOf(graph, name), inference.shapeOf(graph, name)],
        ]),
      );
      const expected = Object.fromEntries(
        Object.entries(executed).map(([name, [code, shape]]) => [name, [elementTypeOfCode(code), shape]]),
      );
      expect(found).toEqual(expected);
    }));

  it("are no less known without input shapes than by onnx's own inference", () =>
    withModel(path, (model) => {
      const inference = inferShapes(model);
      const symbols = new Set(
        model.graph.inputs.flatMap(({ type }) => (type?.kind === 'tensor' ? (type.shape ?? []) : [])),
      );
      const known = (dimension: Dimension | null) => typeof dimension === 'number' || symbols.has(dimension ?? '');
      for (const [name, [code, shape]] of Object.entries(inferred)) {
        expect([name, inference.elementTypeOf(model.graph, name)]).toEqual([name, elementTypeOfCode(code)]);
        const ours = inference.shapeOf(model.graph, name);
        if (shape?.some(known)) expect([name, ours?.length]).toEqual([name, shape.length]);
        for (const [i, dimension] of (shape ?? []).entries()) {
          if (known(dimension)) expect([name, i, ours?.[i]]).toEqual([name, i, dimension]);
        }
      }
    }));
});
