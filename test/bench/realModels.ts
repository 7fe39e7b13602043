/**
 * Trained models from npm packages, quantized without a hint by the command line: size, agreement of each output, latency, and
 * how many layers were quantized or left, by reason. The data stand in for photographs and speech
 * (test/fixtures/realData/make.py).
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { formatTable } from '../../src/cli/table.js';
import type { Agreement, Evaluation, LatencyRatio } from '../../src/evaluate/evaluation.js';
import { sentences } from '../../src/messages/catalog.js';
import { formatDecibels, formatRatio } from '../../src/messages/units.js';
import { realData, realModelNames } from '../fixtures/realData.js';
import { realModel } from '../fixtures/realModels.js';
import { root } from '../rig/folders.js';

const ways: readonly (readonly [title: string, ...flags: string[]])[] = [
  ['static'],
  ['qoperator', '--set', 'format=qoperator'],
  ['safest', '--preset', 'safest'],
  ['activations float32', '--set', 'activationType=float32'],
  ['dynamic', '--set', 'scheme=dynamic'],
  ['weight-only', '--set', 'scheme=weight-only'],
  ['float16', '--preset', 'float16'],
];

/** What `tare compress --json` prints, as far as it is read here. */
interface Printed {
  readonly before: Evaluation;
  readonly after: Evaluation;
  readonly agreement: Agreement;
  readonly latencyRatio: LatencyRatio;
  readonly applied: readonly unknown[];
  readonly skipped: readonly { readonly reason: string }[];
}

export function realModels(): Promise<void> {
  const folder = join(root, 'out', 'bench');
  mkdirSync(folder, { recursive: true });
  const load = loadavg()[0]!.toFixed(1);
  const rows = realModelNames.flatMap((name) =>
    ways.map(([title, ...flags]) => {
      const output = join(folder, `${name}.${title.replace(' ', '-')}.onnx`);
      const given = [realModel(name), '-o', output, '--data', realData[name], '--json', ...flags];
      const printed = execFileSync(process.execPath, [join(root, 'dist', 'cli.js'), 'compress', ...given], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 2 ** 26,
      });
      return row(name, title, JSON.parse(printed) as Printed);
    }),
  );
  console.log(`Trained models without a hint, measured on what they are calibrated with (load at the start: ${load}):`);
  const columns = ['model', 'way', 'size', 'latency', 'layers', 'SQNR of outputs', 'left, by reason'];
  console.log(
    formatTable(
      columns.map((title) => ({ title })),
      rows,
    ),
  );
  return Promise.resolve();
}

function row(name: string, way: string, { before, after, latencyRatio, ...report }: Printed): string[] {
  const { applied, skipped, agreement } = report;
  const counts = new Map<string, number>();
  for (const reason of skipped.map((each) => kindOf(each.reason))) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const outputs = agreement.outputs?.map((each) => `${each.name} ${formatDecibels(each.sqnrDb)}`);
  return [
    name,
    way,
    formatRatio(before.bytes, after.bytes),
    `${latencyRatio.median.toFixed(2)}x`,
    `${applied.length} of ${applied.length + skipped.length}`,
    outputs?.join(', ') ?? formatDecibels(agreement.sqnrDb),
    [...counts].map(([reason, count]) => `${count} ${reason}`).join(', '),
  ];
}

const reasons = Object.entries(sentences).flatMap(([id, text]) =>
  id.includes('.skipped.') ? [{ id, parts: text.split(/\{\w+\}/) }] : [],
);

/** The last part of the id of the sentence that a reason is. */
function kindOf(reason: string): string {
  const found = reasons.find(({ parts }) => {
    let from = 0;
    return parts.every((part) => {
      const at = reason.indexOf(part, from);
      from = at + part.length;
      return at >= 0;
    });
  });
  return found?.id.split('.').at(-1) ?? reason;
}
