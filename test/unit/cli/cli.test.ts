import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeModel } from '../../../src/onnx/writeModel.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';
import { bundleFolder } from '../bundles.js';
import { floatInput, modelOf, node } from '../compress/quantize/smallModels.js';
import { fixturePath, ocrPath, samplePath } from '../models.js';

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const cli = join(bundleFolder, 'cli.js');

function tare(...words: string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...words], { maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
      resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }),
    );
  });
}

async function json(...words: string[]) {
  const run = await tare(...words, '--json');
  return { ...run, document: JSON.parse(run.stdout) };
}

const lenet = samplePath('lenet-5.onnx');
const calibration = samplePath('digits-calibration.npz');

describe('tare inspect', () => {
  it('gives the fields that scripts rely on', async () => {
    const { code, document } = await json('inspect', lenet);
    expect(code).toBe(0);
    expect(document.model).toMatchObject({
      inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', 1, 28, 28] }],
      opset: 13,
      irVersion: expect.any(Number),
      producer: expect.stringContaining('pytorch'),
      parameters: 431_080,
      bytes: 1_725_737,
      macs: 2_293_000,
    });
    expect(document.layers.map(({ name }: { name: string }) => name)).toContain('/conv1/Conv');
    const [weight] = document.layers[0].weights;
    expect(weight).toMatchObject({ dtype: 'float32', shape: [20, 1, 5, 5] });
    for (const field of ['min', 'max', 'mean', 'std', 'zeros', 'kurtosis'])
      expect(weight[field]).toEqual(expect.any(Number));
    expect(weight.histogram.counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(500);
    expect(weight.channels).toMatchObject({ axis: 0, min: expect.any(Array), max: expect.any(Array) });
    expect(weight.channels.min).toHaveLength(20);
    expect(document.findings[0]).toMatchObject({
      layer: expect.any(String),
      kind: expect.any(String),
      message: expect.any(String),
    });
  });

  it('reads no weight where no statistics are wanted, and takes a number of bins', async () => {
    const { document } = await json('inspect', lenet, '--no-statistics');
    expect(document.layers[0].weights[0]).toMatchObject({ dtype: 'float32', min: null, histogram: null });
    const few = await json('inspect', lenet, '--bins', '8');
    expect(few.document.layers[0].weights[0].histogram.counts).toHaveLength(8);
  });

  it('tells what a run costs, and with --profile how long each layer takes', async () => {
    const { document } = await json('inspect', lenet, '--no-statistics', '--profile');
    const [conv1, relu] = document.layers;
    expect(document.model.cost).toMatchObject({
      bitOperations: 2_293_000 * 1024,
      weightBytes: 431_080 * 4,
      peakActivationBytes: 2 * 20 * 24 * 24 * 4,
      peakLayer: '/Relu',
      energy: { computePj: expect.closeTo(2_293_000 * 4.6), sramPj: expect.any(Number), dramPj: 431_080 * 4 * 160 },
    });
    expect(conv1).toMatchObject({
      cost: { unit: { kind: 'float', weightBits: 32, activationBits: 32 }, readBytes: 3136, writtenBytes: 46_080 },
      milliseconds: expect.any(Number),
      kernel: 'own',
    });
    expect(relu).toMatchObject({ milliseconds: 0, kernel: 'fused', fusedInto: '/conv1/Conv' });
    const { runs, kernelsMs, elsewhereMs, data } = document.profile;
    expect({ runs, data }).toEqual({ runs: expect.any(Number), data: null });
    const own = document.layers.reduce(
      (sum: number, { milliseconds }: { milliseconds: number }) => sum + milliseconds,
      0,
    );
    expect(own + elsewhereMs).toBeCloseTo(kernelsMs, 9);
    expect(document.warnings.join()).toContain('The times are of random inputs');
  });

  it('tells the cost of a model whose sizes are open for the sizes of the data', async () => {
    const path = ocrPath('ch_ppocr_mobile_v2.0_cls_infer.onnx');
    const unknown = await json('inspect', path, '--no-statistics');
    expect(unknown.document.model).toMatchObject({ macs: null, cost: { energy: null } });
    const { stdout } = await tare('inspect', path, '--no-statistics', '--profile');
    expect(stdout).toMatch(/a run: [\d.]+ G bit operations/);
    expect(stdout).toMatch(/measured: .* a run, .* medians of \d+ runs on one thread/);
    expect(stdout).toMatch(/^layer .* time$/m);
  });

  it('prints a table for people', async () => {
    const { code, stdout } = await tare('inspect', ocrPath('ch_ppocr_mobile_v2.0_cls_infer.onnx'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/layer +op +shape +params +share +type/);
  });
});

describe('tare compress and evaluate', () => {
  it('writes a model, tells what it did, and evaluate measures the same', async () => {
    const output = join(temporaryFolder(), 'out.onnx');
    const test = samplePath('digits-test.npz');
    const made = await json('compress', lenet, '-o', output, '--data', calibration, '--test', test, '--max-drop', '2');
    expect(made.code).toBe(0);
    expect(made.document).toMatchObject({ output, measuredOn: 'test', budgetMet: true, seconds: expect.any(Number) });
    expect(made.document.applied[0]).toEqual({ layer: '/conv1/Conv', method: 'quantize', choice: expect.any(String) });
    for (const { reason } of made.document.skipped) expect(reason).toEqual(expect.any(String));
    const measured = await json('evaluate', output, '--against', lenet, '--data', test);
    expect(measured.document.model.accuracy).toBe(made.document.after.accuracy);
    expect(measured.document.against.accuracy).toBe(0.989);
    expect(measured.document.agreement).toMatchObject({
      top1: made.document.agreement.top1,
      sqnrDb: made.document.agreement.sqnrDb,
    });
    for (const side of [measured.document.model, measured.document.against]) {
      expect(side).toMatchObject({
        bytes: expect.any(Number),
        compressedBytes: expect.any(Number),
        parameters: 431_080,
        nonzero: expect.any(Number),
        macs: 2_293_000,
        samples: 2000,
        latencyMs: { median: expect.any(Number), p10: expect.any(Number), p90: expect.any(Number) },
        peakMemoryBytes: expect.any(Number),
      });
    }
  });

  it('exits 3 where the output is written but the budget is not met', async () => {
    const output = join(temporaryFolder(), 'out.onnx');
    const { code, document } = await json('compress', lenet, '-o', output, '--data', calibration, '--max-drop', '0');
    expect(code).toBe(3);
    expect(document.budgetMet).toBe(false);
    expect(document.measuredOn).toBe('calibration');
    expect(existsSync(output)).toBe(true);
  });

  it('ends when it is interrupted, and leaves nothing', async () => {
    const folder = temporaryFolder();
    const words = [cli, 'compress', lenet, '-o', join(folder, 'out.onnx'), '--data', calibration];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
      if (!child.killed && errors.includes('Observing activations')) child.kill('SIGINT');
    });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
    expect(errors).toContain('Cancelled.');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('tare compare and methods', () => {
  it('says on data where the error of a quantized model arises', async () => {
    const [a, b] = [fixturePath('lenet-300-100.onnx'), fixturePath('evaluate/lenet-300-100-dynamic.onnx')];
    const words = ['compare', a, b, '--data', calibration, '--samples', '20'];
    const { document } = await json(...words);
    expect(document.outputs).toMatchObject({
      samples: 20,
      agreement: { top1: expect.any(Number), sqnrDb: expect.any(Number) },
      disagreements: { rows: 20, count: expect.any(Number), worst: expect.any(Array) },
      worstLayer: '/fc2/Gemm_MatMul_quant',
    });
    const layer = document.layers.find((pair: { a: string }) => pair.a === '/fc2/Gemm');
    expect(layer).toMatchObject({
      b: '/fc2/Gemm_MatMul_quant',
      matchedBy: 'name',
      activations: { localSqnrDb: expect.any(Number), cumulativeSqnrDb: expect.any(Number) },
      changes: expect.arrayContaining(['float32 → int8']),
    });
    const relu = document.layers.find((pair: { a: string }) => pair.a === '/Relu');
    expect(relu.activations.localSqnrDb).toBe('Infinity');
  });

  it('compares a model with itself', async () => {
    const { document } = await json('compare', lenet, lenet);
    expect(document.totals.a).toEqual(document.totals.b);
    for (const { status } of document.layers) expect(status).toBe('same');
  });

  it('lists the options that scripts rely on', async () => {
    const { document } = await json('methods');
    const { options } = document.find(({ name }: { name: string }) => name === 'quantize');
    const names = options.map(({ name }: { name: string }) => name);
    for (const name of [
      'scheme',
      'format',
      'activationType',
      'weightType',
      'perChannel',
      'reduceRange',
      'compat',
      'exclude',
    ]) {
      expect(names).toContain(name);
    }
    for (const option of options) {
      expect(option).toMatchObject({
        type: expect.any(String),
        sentence: expect.stringMatching(/\.$/),
        source: expect.any(String),
      });
    }
  });
});

describe('a model with hostile names', () => {
  const hostile = 'layer\n\u001b[31m\u202eevil';

  async function hostileModel(): Promise<string> {
    const path = join(temporaryFolder(), 'hostile.onnx');
    const model = modelOf({
      nodes: [node('Relu', ['x'], [hostile], hostile), node('Relu', [hostile], ['y'], 'last')],
      inputs: [floatInput('x', [1, 4])],
      outputs: [floatInput('y', [1, 4])],
      constants: {},
    });
    await writeModel(model, path);
    return path;
  }

  it('cannot break a table or speak to the terminal', async () => {
    const { code, stdout } = await tare('inspect', await hostileModel());
    expect(code).toBe(0);
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
    expect(stdout).toContain('layer\\n\\u001b[31m\\u202eevil  Relu');
  });

  it('keeps them in JSON as they are', async () => {
    const { document } = await json('inspect', await hostileModel());
    expect(document.layers[0].name).toBe(hostile);
  });
});

describe('a model that does not run', () => {
  it('is inspected all the same, and the fault is told', async () => {
    const path = join(temporaryFolder(), 'cycle.onnx');
    const nodes = [node('Add', ['x', 'b'], ['a'], 'first'), node('Relu', ['a'], ['b'], 'second')];
    const ends = { inputs: [floatInput('x', [1, 4])], outputs: [floatInput('b', [1, 4])] };
    await writeModel(modelOf({ nodes, ...ends, constants: {} }), path);
    const { code, document } = await json('inspect', path);
    expect(code).toBe(0);
    expect(document.warnings).toEqual([expect.stringContaining('form a cycle through first')]);
  });
});

describe('where the answer goes', () => {
  const run = (script: string) => spawnSync('bash', ['-c', `set -o pipefail; ${script}`], { encoding: 'utf8' });
  const inspect = `"${process.execPath}" "${cli}" inspect "${ocrPath('ch_PP-OCRv4_rec_infer.onnx')}" --json`;

  it('may be closed early: a reader that has seen enough is no failure', () => {
    const { status, stdout, stderr } = run(`${inspect} | head -1`);
    expect(stdout).toBe('{\n');
    expect(stderr).not.toContain('EPIPE');
    expect(status).toBe(0);
  });

  it('may be full: that is told in one sentence', () => {
    const { status, stderr } = run(`${inspect} > /dev/full`);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toBe('tare: The answer cannot be written: no space left on device.');
  });

  it('need not be read from a terminal: stdin and stderr may be closed', () => {
    expect(run(`${inspect} <&- 2>&- >/dev/null`).status).toBe(0);
  });
});

describe('help', () => {
  it.each([['--help'], ['-h']])('of a command by %s', async (flag) => {
    const { code, stdout } = await tare('compress', flag);
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: tare compress MODEL');
  });

  it('of the methods fits a hundred columns', async () => {
    const { stdout } = await tare('methods');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(stdout).toMatch(/scheme: static \| dynamic \| weight-only/);
  });
});

describe('a mistake', () => {
  it.each([
    [['inspect', 'nowhere.onnx'], 1, 'onnx.not-found'],
    [['inspct', 'x.onnx'], 2, 'usage'],
    [['compress', lenet, '--data', calibration], 2, 'usage'],
    [
      ['compress', lenet, '-o', 'x.onnx', '--data', calibration, '--set', 'perChanel=true'],
      2,
      'compress.unknown-option',
    ],
    [
      ['compress', lenet, '-o', 'x.onnx', '--data', calibration, '--set', 'perChannel=7'],
      2,
      'compress.option-not-boolean',
    ],
    [['compress', lenet, '-o', 'x.onnx', '--method', 'quantise'], 2, 'compress.unknown-method'],
    [['compress', lenet, '-o', lenet, '--data', calibration], 2, 'onnx.output-is-input'],
    [['evaluate', lenet, '--data', fixturePath('README.md')], 1, 'data.unknown-kind'],
  ])('in %j exits %i with %s', async (words, exitCode, errorCode) => {
    const { code, document, stderr } = await json(...words);
    expect(code).toBe(exitCode);
    expect(document.error).toEqual({ code: errorCode, message: expect.any(String), mend: expect.any(String) });
    expect(stderr.trim().split('\n').at(-1)).toBe(`tare: ${document.error.message} ${document.error.mend}`);
  });

  it('in the model file is told in one sentence', async () => {
    const path = join(temporaryFolder(), 'empty.onnx');
    writeFileSync(path, '');
    const { code, stderr } = await tare('inspect', path);
    expect(code).toBe(1);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
