// Writes its tables into docs/results.md and fails where a bar is missed: `npm run report:quantization`. With
// `-- --tables schemes` it does so for one of them; with `--seeds 0` or `--only lenet-5,vit-digits` it prints and writes
// nothing. With `--validate` figures are of what seeds leave of the calibration data: choices are made by those, never by
// the test.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRuntime } from '../../../src/runtime/runtime.js';
import type { Runtime } from '../../../src/runtime/session.js';
import { root } from '../../rig/folders.js';
import type { Bar } from './bar.js';
import { barLines } from './bar.js';
import { dataFreeColumns, withoutData } from './dataFree.js';
import type { ReportOptions } from './experiment.js';
import { carryOut, resultTable } from './experiment.js';
import { roundingBars, roundingColumns, roundings } from './roundings.js';
import { sampleNames } from './sample.js';
import { schemeBars, schemeColumns, schemes } from './schemes.js';

interface Printed {
  readonly table: string;
  readonly bars: readonly Bar[];
}

/** By the name of the markers in docs/results.md that each stands between. */
const tables: Readonly<Record<string, (runtime: Runtime, options: ReportOptions) => Promise<Printed>>> = {
  async schemes(runtime, options) {
    const results = await carryOut(schemes, runtime, options);
    return { table: resultTable(schemeColumns, results), bars: schemeBars(results) };
  },
  async roundings(runtime, options) {
    const results = await carryOut(roundings, runtime, options);
    return { table: resultTable(roundingColumns, results), bars: roundingBars(results) };
  },
  async dataFree(runtime, options) {
    return { table: resultTable(dataFreeColumns, await carryOut(withoutData, runtime, options)), bars: [] };
  },
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      only: { type: 'string' },
      tables: { type: 'string' },
      validate: { type: 'boolean', default: false },
    },
  });
  const seeds = (values.seeds ?? '0,1,2').split(',').map(Number);
  const only = listed(values.only, sampleNames);
  const chosen = listed(values.tables, Object.keys(tables)) ?? Object.keys(tables);
  const runtime = createRuntime({ runnerPath: join(root, 'dist', 'runner.js') });
  const started = performance.now();
  try {
    for (const name of chosen) {
      const { table, bars } = await tables[name]!(runtime, {
        part: values.validate ? 'validate' : 'test',
        seeds,
        only,
        onProgress: (line) => console.error(line),
      });
      const text = bars.length > 0 ? `${table}\n\n${barLines(bars)}` : table;
      console.log(`${text}\n`);
      if (!values.validate && !only && !values.seeds) write(name, text);
      if (!values.validate && bars.some(({ met }) => !met)) process.exitCode = 1;
    }
    console.error(`${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
  } finally {
    await runtime.close();
  }
}

/** Names that stand among others, separated by commas. */
function listed(text: string | undefined, known: readonly string[]): string[] | undefined {
  const names = text?.split(',');
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${known.join(', ')}`);
  return names;
}

function write(name: string, text: string): void {
  const path = join(root, 'docs', 'results.md');
  const page = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- report:quantization ${name} -->`, `<!-- end of report:quantization ${name} -->`];
  const [start, stop] = [page.indexOf(begin), page.indexOf(end)];
  if (start < 0 || stop < start) throw new Error(`${path} lacks ${begin} and ${end}`);
  const indented = text.replaceAll(/^(?=.)/gm, '    ');
  writeFileSync(path, `${page.slice(0, start + begin.length)}\n\n${indented}\n\n${page.slice(stop)}`);
}

void main();
