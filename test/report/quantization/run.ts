// Writes the table of roundings into docs/results.md: `npm run report:quantization`. With `-- validate`, and names of models,
// prints it for the part of the calibration data that decisions are made on: choices are made by that, never by the test.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRuntime } from '../../../src/runtime/runtime.js';
import { root } from '../../rig/folders.js';
import { bars, measureRoundings, roundingTable } from './roundings.js';

const [begin, end] = ['<!-- report:quantization -->', '<!-- end of report:quantization -->'];

async function main(words: readonly string[]): Promise<void> {
  const runtime = createRuntime({ runnerPath: join(root, 'dist', 'runner.js') });
  const validate = words.includes('validate');
  const only = words.filter((word) => word !== 'validate');
  try {
    const results = await measureRoundings(runtime, {
      part: validate ? 'validate' : 'test',
      seeds: [0, 1, 2],
      only: only.length > 0 ? only : undefined,
      onProgress: (line) => console.error(line),
    });
    const held = bars(results);
    const text = `${roundingTable(results)}\n\n${held.join('\n')}`;
    console.log(text);
    if (!validate && only.length === 0) writeReport(text);
    if (held.some((line) => !line.startsWith('holds'))) process.exitCode = 1;
  } finally {
    await runtime.close();
  }
}

function writeReport(text: string): void {
  const path = join(root, 'docs', 'results.md');
  const page = readFileSync(path, 'utf8');
  const [start, stop] = [page.indexOf(begin), page.indexOf(end)];
  if (start < 0 || stop < start) throw new Error(`${path} lacks ${begin} and ${end}`);
  const indented = text.replaceAll(/^(?=.)/gm, '    ');
  writeFileSync(path, `${page.slice(0, start + begin.length)}\n\n${indented}\n\n${page.slice(stop)}`);
}

void main(process.argv.slice(2));
