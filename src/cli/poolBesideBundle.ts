import { join } from 'node:path';
import { StatisticsPool } from '../inspect/statisticsPool.js';

/** The pool whose worker is bundled beside this command line. */
export function poolBesideBundle(): StatisticsPool {
  return new StatisticsPool({ workerPath: join(__dirname, 'statisticsWorker.js') });
}
