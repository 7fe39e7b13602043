import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sentences } from '../../../src/messages/catalog.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { writeModel } from '../../../src/onnx/writeModel.js';
import { compressModel } from '../../../src/recipe/pipeline.js';
import type { Progress } from '../../../src/recipe/report.js';
import type { CompressRequest } from '../../../src/recipe/request.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';
import { fixturePath, samplePath } from '../models.js';
import { constant, floatInput, modelOf, node } from '../compress/quantize/smallModels.js';
import { runnerPath } from '../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());
const context = { runtime, latencySeconds: 0.1 };

const request = (changes: Partial<CompressRequest> & { output: string }): CompressRequest => ({
  input: samplePath('lenet-5.onnx'),
  method: 'quantize',
  options: {},
  data: samplePath('digits-calibration.npz'),
  test: null,
  maxDrop: null,
  ...changes,
});

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('8 bits static with default settings', () => {
  it.each([
    ['lenet-5', samplePath('lenet-5.onnx'), 0.27],
    ['resnet-digits', fixturePath('resnet-digits.onnx'), 0.34],
    ['mobilenet-digits', fixturePath('mobilenet-digits.onnx'), 0.6],
  ])('keeps the size and accuracy of %s', async (_name, input, ratio) => {
    const output = join(temporaryFolder(), 'out.onnx');
    const report = await compressModel(request({ input, output, test: samplePath('digits-test.npz') }), context);
    expect(report.after.bytes / report.before.bytes).toBeLessThanOrEqual(ratio);
    expect(report.after.samples).toBe(2000);
    expect(report.before.accuracy! - report.after.accuracy!).toBeLessThanOrEqual(0.003);
    expect(report.accuracyChange!.difference).toBeCloseTo(report.after.accuracy! - report.before.accuracy!, 12);
    expect(report.measuredOn).toBe('test');
    expect(report.applied.length).toBeGreaterThan(0);
    const { weights, scales, structure } = report.outputBytes;
    expect(weights + scales + structure).toBe(report.after.bytes);
    expect(readFileSync(output).byteLength).toBe(report.after.bytes);
  });
});

describe('a compression', () => {
  it('needs no data where it is dynamic, and says that nothing was measured', async () => {
    const output = join(temporaryFolder(), 'out.onnx');
    const report = await compressModel(request({ output, data: null, options: { scheme: 'dynamic' } }), context);
    expect(report.measuredOn).toBe('nothing');
    expect(report.after.accuracy).toBeUndefined();
    expect(report.after.bytes).toBeLessThan(report.before.bytes * 0.27);
    expect(report.command).toContain('--set scheme=dynamic');
  });

  it('loads the new model and tells sizes where nothing is to be measured', async () => {
    const output = join(temporaryFolder(), 'out.onnx');
    const report = await compressModel(request({ output, measure: false }), context);
    const measured = await compressModel(request({ output: join(temporaryFolder(), 'out.onnx') }), context);
    for (const [short, long] of [
      [report.before, measured.before],
      [report.after, measured.after],
    ] as const) {
      const { bytes, parameters, nonzero, macs } = long;
      expect(short).toMatchObject({ bytes, parameters, nonzero, macs });
      expect(short).toMatchObject({ compressedBytes: null, latencyMs: null, peakMemoryBytes: null, samples: 0 });
      expect(short.accuracy).toBeUndefined();
    }
    expect(readFileSync(output).byteLength).toBe(report.after.bytes);
    expect(report).toMatchObject({ measuredOn: 'nothing', agreement: null, budgetMet: null });
    expect(report.command).toContain('--no-measure');
    await expect(compressModel(request({ output, measure: false, maxDrop: 1 }), context)).rejects.toMatchObject({
      code: 'recipe.budget-unmeasured',
    });
  });

  it('refuses static quantization without data before it reads the model', async () => {
    const output = join(temporaryFolder(), 'out.onnx');
    await expect(compressModel(request({ input: 'nowhere.onnx', output, data: null }), context)).rejects.toMatchObject({
      code: 'recipe.needs-data',
    });
  });

  it('never writes to its input, also through a link', async () => {
    const folder = temporaryFolder();
    const input = join(folder, 'model.onnx');
    writeFileSync(input, readFileSync(samplePath('lenet-5.onnx')));
    const link = join(folder, 'link.onnx');
    symlinkSync(input, link);
    const before = hashOf(input);
    for (const output of [input, link]) {
      await expect(compressModel(request({ input, output }), context)).rejects.toMatchObject({
        code: 'onnx.output-is-input',
      });
    }
    expect(hashOf(input)).toBe(before);
    expect(readdirSync(folder).sort()).toEqual(['link.onnx', 'model.onnx']);
  });

  it('refuses a place that takes no file before it looks at the data', async () => {
    const folder = temporaryFolder();
    const refused = (output: string) => compressModel(request({ output, data: 'nowhere.npz' }), context);
    await expect(refused(join(folder, 'absent', 'out.onnx'))).rejects.toMatchObject({ code: 'onnx.no-folder' });
    await expect(refused(folder)).rejects.toMatchObject({ code: 'onnx.output-not-a-file' });
    await expect(refused('')).rejects.toMatchObject({ code: 'onnx.output-not-a-file' });
  });

  const refusal = (input: string, changes: Partial<CompressRequest> = {}) =>
    compressModel(request({ input, output: join(temporaryFolder(), 'out.onnx'), data: 'random', ...changes }), {
      runtime,
    });

  it('says why where no layer can be treated', async () => {
    const input = join(temporaryFolder(), 'moves.onnx');
    const model = modelOf({
      nodes: [node('Neg', ['x'], ['a'], 'negate'), node('Abs', ['a'], ['y'], 'absolute')],
      inputs: [floatInput('x', [1, 3])],
      outputs: [floatInput('y', [1, 3])],
      constants: {},
    });
    await writeModel(model, input);
    await expect(refusal(input)).rejects.toMatchObject({
      code: 'compress.no-layer-fits',
      message: expect.stringContaining('Neg'),
    });
  });

  /** A product of three numbers and six, in a file. */
  async function tinyModel(): Promise<string> {
    const input = join(temporaryFolder(), 'tiny.onnx');
    const model = modelOf({
      nodes: [node('MatMul', ['x', 'w'], ['y'], 'product')],
      inputs: [floatInput('x', [1, 3])],
      outputs: [floatInput('y', [1, 2])],
      constants: { w: constant([3, 2], [1, 2, 3, 4, 5, 6]) },
    });
    await writeModel(model, input);
    return input;
  }

  it('does not claim to keep samples for decisions where there is only one', async () => {
    const folder = temporaryFolder();
    const [data, output] = [join(folder, 'one.npy'), join(folder, 'out.onnx')];
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }".padEnd(117) + '\n';
    const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
    writeFileSync(data, Buffer.concat([start, Buffer.from(header), new Uint8Array(Float32Array.of(1, -2, 3).buffer)]));
    const { notes } = await compressModel(request({ input: await tinyModel(), output, data }), { runtime });
    expect(notes.map(({ id }) => id)).toContain('recipe.calibrated-on-one');
    expect(notes.map(({ id }) => id)).not.toContain('recipe.calibrated-on');
  });

  it('says that the new file is not smaller, where it is not', async () => {
    const output = join(temporaryFolder(), 'out.onnx');
    const report = await compressModel(request({ input: await tinyModel(), output, data: 'random' }), { runtime });
    expect(report.after.bytes).toBeGreaterThan(report.before.bytes);
    expect(report.notes.map(({ id }) => id)).toContain('recipe.not-smaller');
  });

  it('names the file, and not the graph, where onnxruntime does not take the original', async () => {
    const input = join(temporaryFolder(), 'broken.onnx');
    const opened = await openModel(samplePath('lenet-5.onnx'));
    const { model } = opened;
    const relu = model.graph.nodes[1]!;
    model.graph.insertBefore(relu, node('Nonsense', [...relu.inputs], [...relu.outputs]));
    model.graph.remove(relu);
    await writeModel(model, input);
    await opened.close();
    for (const scheme of ['static', 'dynamic']) {
      await expect(refusal(input, { options: { scheme } })).rejects.toMatchObject({
        code: 'runtime.load',
        params: { model: 'broken.onnx' },
      });
    }
  });

  it('says that random inputs of guessed shapes were refused', async () => {
    const input = join(temporaryFolder(), 'narrow.onnx');
    const free = { name: 'x', type: { kind: 'tensor', elementType: 'float32', shape: ['n', 'width'] } } as const;
    const model = modelOf({
      nodes: [node('MatMul', ['x', 'w'], ['y'], 'product')],
      inputs: [free],
      outputs: [floatInput('y', [1, 2])],
      constants: { w: constant([3, 2], [1, 2, 3, 4, 5, 6]) },
    });
    await writeModel(model, input);
    for (const scheme of ['static', 'dynamic']) {
      await expect(refusal(input, { options: { scheme } })).rejects.toMatchObject({
        code: 'evaluate.random-refused',
        params: { model: 'narrow.onnx', shapes: 'x [1,256]' },
      });
    }
  });

  it('replaces an output that exists, at once', async () => {
    const output = join(temporaryFolder(), 'out.onnx');
    writeFileSync(output, 'an older file');
    await compressModel(request({ output }), context);
    const opened = await openModel(output);
    await opened.close();
  });

  it('gives the same bytes again, and others for another seed of the split', async () => {
    const folder = temporaryFolder();
    const made = async (name: string, seed: number) => {
      await compressModel(request({ output: join(folder, name), seed }), context);
      return hashOf(join(folder, name));
    };
    const first = await made('a.onnx', 0);
    expect(await made('b.onnx', 0)).toBe(first);
    expect(await made('c.onnx', 1)).not.toBe(first);
  });

  it('goes forward from 0 to 1 through its stages', async () => {
    const output = join(temporaryFolder(), 'out.onnx');
    const seen: Progress[] = [];
    await compressModel(request({ output }), { ...context, onProgress: (progress) => seen.push(progress) });
    const fractions = seen.map(({ fraction }) => fraction!);
    expect(fractions[0]).toBe(0);
    expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
    expect(fractions.at(-1)).toBeGreaterThan(0.9);
    expect(fractions.at(-1)).toBeLessThanOrEqual(1);
    expect(seen.map(({ stage }) => stage.id)).toContain('recipe.stage.calibrate');
    expect(seen.map(({ stage }) => stage.id).filter((id) => !(id in sentences))).toEqual([]);
  });

  it.each([
    'recipe.stage.calibrate',
    'recipe.stage.apply',
    'recipe.stage.write',
    'recipe.stage.check',
    'evaluate.stage.latency',
  ])('leaves nothing when it is cancelled at %s, and works the next time', async (stage) => {
    const folder = temporaryFolder();
    const output = join(folder, 'out.onnx');
    const abort = new AbortController();
    const onProgress = (progress: Progress) => {
      if (progress.stage.id === stage) abort.abort();
    };
    await expect(
      compressModel(request({ output }), { ...context, signal: abort.signal, onProgress }),
    ).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(readdirSync(folder)).toEqual([]);
    await compressModel(request({ output }), context);
    expect(existsSync(output)).toBe(true);
  });

  it('tells whether a limit on the loss is kept by the upper end of its interval', async () => {
    const folder = temporaryFolder();
    const of = (maxDrop: number) =>
      compressModel(
        request({ output: join(folder, 'out.onnx'), test: samplePath('digits-test.npz'), maxDrop }),
        context,
      );
    expect((await of(5)).budgetMet).toBe(true);
    expect((await of(0)).budgetMet).toBe(false);
  });
});
