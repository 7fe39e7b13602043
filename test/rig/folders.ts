import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The project's folder. */
export const root = resolve(__dirname, '../..');
/** Everything a run leaves behind for a person to look at: results, screenshots, the package. */
export const out = join(root, 'out');
export const resultsFolder = join(out, 'results');
export const screenshotsFolder = join(out, 'screenshots');

/** Where what was installed for the tests is kept between runs. */
export const cacheFolder = process.env.TARE_TEST_CACHE ?? join(homedir(), '.cache', 'tare-test');

/** A cache folder's name changes with the versions that it holds. */
export function cacheKey(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}

/** A new empty folder that the caller removes. */
export function scratchFolder(purpose: string): string {
  return mkdtempSync(join(tmpdir(), `tare-test-${purpose}-`));
}
