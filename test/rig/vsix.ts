import { join } from 'node:path';
import { commandOrThrow } from './command.js';
import { out, root } from './folders.js';

export const target = `${process.platform}-${process.arch}`;
export const vsixPath = join(out, `tare-${target}.vsix`);

/** Builds the bundles and packages them for this platform, as `npm run package` does. */
export async function packageExtension(say: (line: string) => void): Promise<void> {
  await commandOrThrow(process.execPath, ['vsce.config.mjs'], { cwd: root, onLine: say });
}

/** The files that a package for a platform has. */
export async function packagedFiles(platform: string): Promise<string[]> {
  const output = await commandOrThrow(process.execPath, ['vsce.config.mjs', '--list', '--target', platform], {
    cwd: root,
  });
  return output.split('\n').filter((line) => line !== '');
}
