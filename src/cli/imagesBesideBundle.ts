import { join } from 'node:path';
import { ImagePool } from '../data/images/imagePool.js';

/** The threads that read images, whose bundle lies beside this command line. */
export function imagesBesideBundle(): ImagePool {
  return new ImagePool(join(__dirname, 'imageWorker.js'));
}
