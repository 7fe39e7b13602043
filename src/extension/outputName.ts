import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { t } from './translate.js';

/** `lenet-5.onnx` with `int8` gives `lenet-5.int8.onnx`, in the same folder. */
export function outputFor(model: string, suffix: string): string {
  const { dir, name } = path.parse(model);
  return path.join(dir, `${name}.${suffix}.onnx`);
}

/** A suffix that none of the models has yet: `int8`, else `int8-2` and so on. */
export async function freeSuffix(models: readonly string[], wanted: string): Promise<string> {
  for (let n = 1; ; n++) {
    const suffix = n === 1 ? wanted : `${wanted}-${n}`;
    const taken = await Promise.all(models.map((model) => exists(outputFor(model, suffix))));
    if (!taken.some(Boolean)) return suffix;
  }
}

/** What is wrong with a name for the new file, relative to the model's folder; a warning where it exists. */
export async function checkOutput(model: string, name: string): Promise<vscode.InputBoxValidationMessage | undefined> {
  const error = (message: string) => ({ message, severity: vscode.InputBoxValidationSeverity.Error });
  if (name.trim() === '') return error(t('extension.pick.output.empty'));
  if (!/\.onnx$/i.test(name)) return error(t('extension.pick.output.extension'));
  const target = path.resolve(path.dirname(model), name.trim());
  const folder = path.dirname(target);
  if (!(await exists(folder))) return error(t('extension.pick.output.folder', { folder }));
  if (await isSameFile(model, target)) {
    return error(t('extension.pick.output.same', { file: path.basename(model) }));
  }
  if (!(await exists(target))) return undefined;
  const message = t('extension.pick.output.exists', { file: path.basename(target) });
  return { message, severity: vscode.InputBoxValidationSeverity.Warning };
}

/** What is wrong with a suffix for the new files of several models. */
export async function checkSuffix(
  models: readonly string[],
  suffix: string,
): Promise<vscode.InputBoxValidationMessage | undefined> {
  if (!/^[\w-][\w.-]*$/.test(suffix)) {
    return { message: t('extension.pick.output.suffix'), severity: vscode.InputBoxValidationSeverity.Error };
  }
  for (const model of models) {
    const target = outputFor(model, suffix);
    if (!(await exists(target))) continue;
    const message = t('extension.pick.output.exists', { file: path.basename(target) });
    return { message, severity: vscode.InputBoxValidationSeverity.Warning };
  }
  return undefined;
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((file) => stat(file, { bigint: true }).catch(() => undefined)));
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}
