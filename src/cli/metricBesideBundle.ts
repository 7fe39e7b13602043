import { join } from 'node:path';

/** The bundle of metrics' threads beside this command line. */
export const metricWorkerBesideBundle = (): string => join(__dirname, 'metricWorker.js');
