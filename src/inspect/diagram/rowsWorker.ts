/** A worker of the engine's LayoutPool: a thread that lays out one frame after the other. */
import { worker } from 'workerpool';
import { layoutRows } from './rows.js';

export type RowsWorker = { layoutRows: typeof layoutRows };

worker({ layoutRows });
