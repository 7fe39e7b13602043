import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';
import { bundleFolder } from '../bundles.js';
import { fixturePath, samplePath } from '../models.js';

const cli = join(bundleFolder, 'cli.js');
const lenet = samplePath('lenet-5.onnx');

function tare(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...words], { maxBuffer: 1 << 28 }, (error, stdout, stderr) =>
      resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }),
    );
  });
}

describe('tare inspect, writing files', () => {
  it('writes all that is asked for in one run, and lists it', async () => {
    const folder = temporaryFolder();
    const path = (name: string) => join(folder, name);
    const { code, stdout } = await tare(
      ...['inspect', lenet, '--json', '--html', path('a.html'), '--csv', path('a.csv')],
      ...['--node-data', path('bytes.json'), '--node-data', `macs=${path('macs=.json')}`],
      ...['--npy', `conv1.weight=${path('w=1.npy')}`],
    );
    expect(code).toBe(0);
    const written = (JSON.parse(stdout) as { written: { path: string; bytes: number }[] }).written;
    expect(written.map((each) => each.path)).toEqual(
      ['a.html', 'a.csv', 'bytes.json', 'macs=.json', 'w=1.npy'].map(path),
    );
    for (const each of written) expect(readFileSync(each.path).byteLength).toBe(each.bytes);
    expect(readdirSync(folder)).toHaveLength(5);
    expect(readFileSync(path('a.html'), 'utf8')).toContain('<td class="name">/fc1/Gemm</td>');
    expect(readFileSync(path('w=1.npy')).byteLength).toBe(128 + 2000);
  });

  it('writes quantized weights as stored, or as the real numbers they stand for', async () => {
    const folder = temporaryFolder();
    const path = (name: string) => join(folder, name);
    const model = fixturePath('npy/types.onnx');
    expect((await tare('inspect', model, '--npy', `quantized=${path('stored.npy')}`)).code).toBe(0);
    expect((await tare('inspect', model, '--npy', `quantized=${path('real.npy')}`, '--real')).code).toBe(0);
    expect(readFileSync(path('stored.npy'), 'latin1')).toContain("'descr': '|i1'");
    expect(readFileSync(path('real.npy'), 'latin1')).toContain("'descr': '<f4'");
  });

  const mistakes: readonly (readonly [string, string[], RegExp])[] = [
    [
      'an unknown tensor',
      ['--npy', 'conv1.wieght=x.npy'],
      /no tensor conv1\.wieght\. The nearest name is conv1\.weight\./,
    ],
    ['a tensor without a file', ['--npy', 'conv1.weight'], /--npy takes TENSOR=OUT\.npy/],
    ['a file without a name', ['--npy', 'conv1.weight='], /the file's name is missing/],
    ['an unknown metric', ['--node-data', 'mac=x.json'], /no metric "mac"\. Did you mean macs\?/],
    [
      'an unknown target',
      ['--target', 'onnxruntime-gpu'],
      /no target onnxruntime-gpu\. The nearest is onnxruntime-cpu;/,
    ],
    ['the model itself', ['--csv', lenet], /is the same file as the input/],
    ['one file for two things', ['--csv', '/tmp/x', '--html', '/tmp/x'], /Two files would be written to \/tmp\/x/],
  ];
  for (const [what, words, message] of mistakes) {
    it(`exits 2 and says what is wrong: ${what}`, async () => {
      const { code, stderr } = await tare('inspect', lenet, ...words);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    });
  }

  it('finds what a target lacks', async () => {
    const model = fixturePath('vit-digits.onnx');
    const findings = async (...words: string[]) =>
      (
        JSON.parse((await tare('inspect', model, '--no-statistics', '--json', ...words)).stdout) as {
          findings: { kind: string; message: string }[];
        }
      ).findings.filter(({ kind }) => kind === 'not-fused');
    expect(await findings()).toEqual([]);
    expect(await findings('--target', 'onnxruntime-cpu')).toEqual([]);
    expect((await findings('--target', 'onnxruntime-cpu-int8'))[0]).toMatchObject({
      message:
        'LayerNormalization has no 8-bit form on onnxruntime 1.30 on the CPU: 7 layers would run in float32, with conversions around them.',
    });
  });
});

describe('tare compare, writing a file', () => {
  it('writes a line a pair', async () => {
    const path = join(temporaryFolder(), 'out.csv');
    const models = ['mobilenet-digits-bn.onnx', 'mobilenet-digits.onnx'].map(fixturePath);
    const { code, stdout } = await tare('compare', ...models, '--csv', path, '--json');
    expect(code).toBe(0);
    const { layers } = JSON.parse(stdout) as { layers: unknown[] };
    expect(readFileSync(path, 'utf8').trim().split('\r\n')).toHaveLength(layers.length + 1);
  });
});
