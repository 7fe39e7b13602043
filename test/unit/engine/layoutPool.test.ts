import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LayoutPool } from '../../../src/engine/layoutPool.js';
import type { RowsInput } from '../../../src/inspect/diagram/rows.js';
import { layoutRows } from '../../../src/inspect/diagram/rows.js';
import { bundleFolder } from '../bundles.js';
import { temporaryFolder } from './temporaryFolder.js';

/** A chain of boxes, too many for the engine's own thread. */
function chain(boxes: number): RowsInput {
  return {
    sizes: Array.from({ length: boxes }, () => ({ width: 80, height: 24 })),
    links: Array.from({ length: boxes - 1 }, (_, i) => [i, i + 1] as const),
    entries: [],
    exits: [],
  };
}

function startPool(workerPath: string): LayoutPool {
  const pool = new LayoutPool(workerPath);
  onTestFinished(() => pool.close());
  return pool;
}

async function worker(code: string): Promise<string> {
  const path = join(await temporaryFolder(), 'worker.js');
  await writeFile(path, code);
  return path;
}

const ready = `require('worker_threads').parentPort.postMessage('ready');`;

/** More at once than there are threads. */
const layOutMany = (pool: LayoutPool) =>
  Promise.allSettled(Array.from({ length: 5 }, (_, i) => pool.layOutRows(chain(20 + i))));

describe('a pool that lays out', () => {
  it('finds what is found without threads, of more at once than there are threads', async () => {
    const pool = startPool(join(bundleFolder, 'layoutWorker.js'));
    const found = await Promise.all([20, 30, 40, 50, 60].map((boxes) => pool.layOutRows(chain(boxes))));
    expect(found).toEqual([20, 30, 40, 50, 60].map((boxes) => layoutRows(chain(boxes))));
  });

  it.each([
    ['is missing', () => Promise.resolve('/nowhere/layoutWorker.js'), /Cannot find module '?\S*layoutWorker\.js/],
    ['cannot start', () => worker(`throw new Error('no memory')`), /no memory/],
    ['ends before it is ready', () => worker(''), /it ended with exit code 0/],
    ['dies at its work', () => worker(`setTimeout(() => process.exit(7), 10); ${ready}`), /it ended with exit code 7/],
  ])('says so, to all who wait and each time anew, where its worker %s', async (_, make, detail) => {
    const pool = startPool(await make());
    for (let time = 0; time < 2; time++) {
      for (const result of await layOutMany(pool)) {
        const reason: unknown = expect.objectContaining({
          code: 'engine.layout-failed',
          message: expect.stringMatching(detail) as string,
        });
        expect(result).toEqual({ status: 'rejected', reason });
      }
    }
  });

  it('goes on as soon as its worker is there again', async () => {
    const path = join(await temporaryFolder(), 'worker.js');
    const pool = startPool(path);
    await expect(pool.layOutRows(chain(20))).rejects.toMatchObject({ code: 'engine.layout-failed' });
    await copyFile(join(bundleFolder, 'layoutWorker.js'), path);
    expect(await pool.layOutRows(chain(20))).toEqual(layoutRows(chain(20)));
  });

  it('rejects what is under way and what waits when it is closed', async () => {
    const pool = startPool(await worker(ready));
    const laidOut = layOutMany(pool);
    await pool.close();
    expect((await laidOut).map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  });
});
