import { copyFile, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommandContext, CommandResult } from '../command.js';
import { compress } from './compress.js';

const model = 'lenet-5.onnx';
const calibration = 'digits-calibration.npz';
const test = 'digits-test.npz';

/** Compresses the sample model that comes with Tare in a folder of the user's, and says what to look at next. */
export async function demo(context: CommandContext): Promise<CommandResult> {
  const folder = resolve(context.positionals[0]!);
  const samples = join(__dirname, '..', 'media', 'sample');
  await mkdir(folder, { recursive: true });
  for (const name of [model, calibration, test]) await copyFile(join(samples, name), join(folder, name));
  const original = join(folder, model);
  const output = join(folder, 'lenet-5.int8.onnx');
  const result = await compress({
    ...context,
    positionals: [original],
    flags: { output, data: join(folder, calibration), test: join(folder, test) },
  });
  return {
    ...result,
    text: () =>
      [
        result.text(),
        '',
        'Open both in VS Code, where Tare is installed:',
        `  code ${original} ${output}`,
        'or, from a clone of Tare, run `npm start`: it opens a VS Code with Tare on that folder.',
      ].join('\n'),
  };
}
