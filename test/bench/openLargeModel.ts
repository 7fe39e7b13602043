/** `tare inspect --no-statistics` on a model of 1.5 GB, beside node's own start: time and peak memory of whole processes. */
import { join } from 'node:path';
import { formatBytes, formatSeconds } from '../../src/messages/units.js';
import { root } from '../rig/folders.js';
import { largeModelPath } from './largeModelPath.js';
import { measureProcess, median } from './processFigures.js';

const repeats = 5;

export async function openLargeModel(): Promise<void> {
  const model = await largeModelPath();
  const cli = join(root, 'dist', 'cli.js');
  const commands = {
    'node -e 0': ['-e', '0'],
    'tare inspect --no-statistics': [cli, 'inspect', model, '--no-statistics', '--json'],
  };
  const figures = Object.fromEntries(
    Object.keys(commands).map((name) => [name, { seconds: [] as number[], peaks: [] as number[] }]),
  );
  for (let round = 0; round < repeats; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const { seconds, peakBytes } = await measureProcess(process.execPath, args);
      figures[name]!.seconds.push(seconds);
      if (peakBytes !== null) figures[name]!.peaks.push(peakBytes);
    }
  }
  console.log(`opening 1.5 GB, median of ${repeats}, in turn:`);
  for (const [name, { seconds, peaks }] of Object.entries(figures)) {
    const peak = peaks.length > 0 ? `, ${formatBytes(median(peaks))} resident at the peak` : '';
    console.log(`  ${name.padEnd(30)} ${formatSeconds(median(seconds))}${peak}`);
  }
  const [node, tare] = Object.values(figures).map(({ seconds }) => median(seconds));
  console.log(`  beyond node's start            ${formatSeconds(tare! - node!)} (bar: 0.3 s, 150 MB)`);
}
