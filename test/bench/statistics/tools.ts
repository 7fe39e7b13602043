/** The programs that are measured, made ready. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { layersOf } from '../../../src/graph/layers.js';
import { weightSource } from '../../../src/inspect/weightSource.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { kernelsPlugin } from '../../../src/tensor/assembly/compile.mjs';
import { root } from '../../rig/folders.js';

const run = promisify(execFile);
const source = join(root, 'test', 'bench', 'statistics');
const folder = join(root, 'out', 'bench', 'statistics');

export interface Tool {
  readonly command: string;
  readonly args: readonly string[];
}

/** What a program printed, with the seconds that it measured itself. */
export interface Measured {
  readonly lines: readonly (readonly number[])[];
  readonly wall: number;
  readonly processor: number;
}

export async function runTool({ command, args }: Tool): Promise<Measured> {
  const { stdout, stderr } = await run(command, args as string[], { maxBuffer: 1 << 28 });
  const [wall, processor] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  return { lines, wall: wall!, processor: processor! };
}

/** The same weights, where they lie in the file, for the C program. */
export async function reference(model: string): Promise<Tool> {
  await mkdir(folder, { recursive: true });
  const program = join(folder, 'reference');
  try {
    await run('gcc', ['-O3', '-march=native', join(source, 'reference.c'), '-o', program, '-lm']);
  } catch (error) {
    throw new Error(`gcc is needed to build the reference (apt-get install gcc): ${(error as Error).message}`, {
      cause: error,
    });
  }
  const ranges = join(folder, 'ranges.txt');
  await writeFile(ranges, (await rangesOf(model)).map((range) => `${range.join(' ')}\n`).join(''));
  return { command: program, args: [model, ranges] };
}

async function rangesOf(model: string): Promise<[offset: number, elements: number][]> {
  const opened = await openModel(model);
  try {
    const ranges: [number, number][] = [];
    for (const layer of layersOf(opened.model)) {
      for (const weight of layer.weights) {
        const place = (await weightSource(layer, weight))?.elements.place;
        if (place) ranges.push([place.offset, weight.elements]);
      }
    }
    return ranges;
  } finally {
    await opened.close();
  }
}

export async function oneThread(model: string): Promise<{ plain: Tool; channels: Tool }> {
  const program = join(folder, 'oneThread.js');
  await build({
    entryPoints: [join(source, 'oneThread.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    loader: { '.proto': 'text', '.wasm': 'binary' },
    plugins: [kernelsPlugin],
  });
  const tool = (mode: string) => ({ command: process.execPath, args: [program, model, mode] });
  return { plain: tool('plain'), channels: tool('channels') };
}

/** Python with numpy and onnx: TARE_PYTHON, or python3. */
export async function numpy(model: string): Promise<Tool> {
  const python = process.env.TARE_PYTHON ?? 'python3';
  try {
    await run(python, ['-c', 'import numpy, onnx']);
  } catch {
    throw new Error(
      `${python} has no numpy and onnx. Make one that has: python3 -m venv venv && venv/bin/pip install numpy onnx, ` +
        'and run the benchmark with TARE_PYTHON=venv/bin/python.',
    );
  }
  return { command: python, args: [join(source, 'reference.py'), model] };
}
