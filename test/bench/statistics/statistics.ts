/**
 * Statistics with histogram of a float32 model of 1.5 GB: on one thread beside a C program that does the same and beside
 * numpy; then by the engine, with its peak memory, and once more from what it kept; then `tare inspect` of 3 GB.
 */
import { formatBytes, formatSeconds } from '../../../src/messages/units.js';
import { largeModelPath, largerModelPath } from '../largeModelPath.js';
import { measureProcess, median } from '../processFigures.js';
import { openTwice } from './engine.js';
import type { Measured, Tool } from './tools.js';
import { numpy, oneThread, reference, runTool } from './tools.js';
import { join } from 'node:path';
import { root } from '../../rig/folders.js';

const rounds = 5;
/** numpy takes so long that one more time says nothing new. */
const numpyRounds = 2;

export async function statistics(): Promise<void> {
  const model = await largeModelPath();
  const { plain, channels } = await oneThread(model);
  const tools: Record<string, Tool> = {
    'C, gcc -O3 -march=native': await reference(model),
    'Tare, one thread': plain,
    '  with the ranges of channels': channels,
    'numpy, onnx package': await numpy(model),
  };
  const [c, tare, , python] = Object.keys(tools) as [string, string, string, string];
  const found = new Map<string, Measured[]>(Object.keys(tools).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, tool] of Object.entries(tools)) {
      if (name !== python || round < numpyRounds) found.get(name)!.push(await runTool(tool));
    }
  }

  const best = (name: string) => Math.min(...found.get(name)!.map(({ wall }) => wall));
  const processor = (name: string) => median(found.get(name)!.map((each) => each.processor));
  console.log(`statistics with histogram of 1.5 GB of float32, ${rounds} rounds in turn:`);
  console.log(`  ${''.padEnd(30)}${'best'.padStart(9)}${'median'.padStart(9)}${'processor'.padStart(11)}   (seconds)`);
  for (const [name, measured] of found) {
    const wall = median(measured.map((each) => each.wall));
    const columns = [
      best(name).toFixed(3).padStart(9),
      wall.toFixed(3).padStart(9),
      processor(name).toFixed(3).padStart(11),
    ];
    console.log(`  ${name.padEnd(30)}${columns.join('')}`);
  }
  const ratio = (of: (name: string) => number, a: string, b: string) => (of(a) / of(b)).toFixed(2);
  const ofC = (name: string) =>
    `${ratio(best, c, name)} by the best times, ${ratio(processor, c, name)} by processor time`;
  console.log(`  speed of C:      ${ofC(tare)} (bar: 0.60)`);
  console.log(`  with channels:   ${ofC(Object.keys(tools)[2]!)}`);
  console.log(
    `  times numpy:     ${ratio(best, python, tare)} by the best times, ${ratio(processor, python, tare)} (bar: 5)`,
  );
  console.log(`  ${agreement(found.get(tare)![0]!, found.get(c)![0]!)}`);

  await openTwice(model);
  await inspectLarger();
}

/** How far two programs agree; throws where it is not the same work. */
function agreement(a: Measured, b: Measured): string {
  if (a.lines.length !== b.lines.length) throw new Error(`${a.lines.length} weights, and ${b.lines.length} by C`);
  let far = 0;
  let moved = 0;
  a.lines.forEach((line, i) => {
    const other = b.lines[i]!;
    if (line[0] !== other[0] || line[1] !== other[1] || line[5] !== other[5]) throw new Error(`weight ${i} differs`);
    for (const at of [2, 3]) far = Math.max(far, Math.abs(line[at]! - other[at]!) / line[3]!);
    moved = Math.max(moved, Math.abs(line[6]! - other[6]!));
  });
  if (far > 1e-9) throw new Error(`mean or deviation differ by ${far}`);
  return `Tare and C agree: extremes and zeros the same, mean and deviation to ${far.toExponential(0)} of the deviation, bins but for ${moved} numbers beside an edge (C counts in float32)`;
}

/** The whole of `tare inspect` on a model whose weights lie in a data file. */
async function inspectLarger(): Promise<void> {
  const model = await largerModelPath();
  const args = [join(root, 'dist', 'cli.js'), 'inspect', model, '--json'];
  const { seconds, peakBytes } = await measureProcess(process.execPath, args);
  const peak = peakBytes === null ? '' : `, ${formatBytes(peakBytes)} resident at the peak (bar: 300 MB)`;
  console.log(`tare inspect of 3 GB with external data: ${formatSeconds(seconds)}${peak}`);
}
