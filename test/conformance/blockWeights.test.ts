import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/compress/method.js';
import { preferredChoices } from '../../src/compress/method.js';
import { parseOptions } from '../../src/compress/options.js';
import { quantize } from '../../src/compress/quantize/quantize.js';
import { validate } from '../../src/graph/validate.js';
import { openModel } from '../../src/onnx/openModel.js';
import type { OpenedModel } from '../../src/onnx/openModel.js';
import type { Golden } from './golden.js';
import { factsOf, modelPath, readVectors } from './golden.js';
import { GoldenCount } from './goldenCount.js';

const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };
const golden = readVectors<Golden>('nbits');
const isMade = ({ options: { format, bits } }: Golden['cases'][number]) => format !== 'qdq' || bits === 4;
const made = golden.cases.filter(isMade);
const count = new GoldenCount('models with weights in blocks');

/** The options of MatMulNBitsQuantizer as those of the scheme. */
function optionsOf({ bits, symmetric, operators, exclude, accuracyLevel, ...rest }: Record<string, Json>) {
  const looksUp = (operators as string[]).includes('Gather');
  return {
    ...rest,
    scheme: 'weight-only',
    weightType: `${symmetric ? '' : 'u'}int${bits as number}`,
    include: looksUp ? 'product_*,lookup*' : '',
    exclude: ((exclude ?? []) as string[]).join(','),
    ...(accuracyLevel !== undefined && { accuracyLevel }),
    compat: 'onnxruntime',
  };
}

describe('weights in blocks, as onnxruntime 1.30 quantizes them', () => {
  let opened: OpenedModel;
  beforeAll(async () => {
    opened = await openModel(modelPath(golden));
  });
  afterAll(() => opened.close());

  it.each(made.map((each) => [JSON.stringify(each.options), each] as const))(
    '%s',
    async (_title, { options: values, bytes: _bytes, ...expected }) => {
      const options = parseOptions(quantize, optionsOf(values));
      const { model } = await quantize.prepare(opened.model, options, work);
      const choices = preferredChoices(quantize.candidates(model, options, work.target));
      const applied = await quantize.apply({ model, choices, statistics: { ranges: new Map() }, options, ...work });
      expect(await factsOf(applied.model)).toEqual(expected);
      // There the products that share a weight write the same value, each by its own DequantizeLinear.
      if (options.format === 'qdq') expect(() => validate(applied.model)).toThrow('made twice');
      else validate(applied.model);
      count.add();
    },
  );

  it.each(golden.cases.filter((each) => !isMade(each)).map(({ options }) => [JSON.stringify(options), options]))(
    '%s is refused: onnxruntime leaves the model as it is',
    (_title, values) => {
      const options = parseOptions(quantize, optionsOf(values as Record<string, Json>));
      return expect(quantize.prepare(opened.model, options, work)).rejects.toMatchObject({
        code: 'compress.quantize.blocks-exact',
      });
    },
  );
});

count.tell(made.length);
