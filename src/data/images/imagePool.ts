import { availableParallelism } from 'node:os';
import { ThreadPool, threadDetail } from '../../threads/threadPool.js';
import type { ImageReader } from './imageReader.js';
import type { ImageWorker } from './imageWorker.js';
import { ImageError, type Pixels } from './pixels.js';
import type { PixelPlan } from './preparedPixels.js';

/** Each thread may hold an image of the largest size, decoded. */
const mostThreads = 4;

/** One processor is left to the model that is run meanwhile: on two, a second thread makes both slower together. */
const usualThreads = () => Math.max(1, Math.min(mostThreads, availableParallelism() - 1));

/** Threads that read images, so that who asks can answer others all the while. They start when they are first needed. */
export class ImagePool implements ImageReader {
  readonly lanes: number;
  readonly #threads: ThreadPool<ImageWorker>;

  /** `workerPath` is the bundle of imageWorker. */
  constructor(workerPath: string, lanes = usualThreads()) {
    this.lanes = lanes;
    this.#threads = new ThreadPool(workerPath, lanes);
  }

  async read(file: string, plan: PixelPlan): Promise<Pixels> {
    const answer = await this.#threads.run('prepare', file, plan).catch((error: unknown) => {
      throw new ImageError(`the thread that reads it failed: ${threadDetail(error)}`, { cause: error });
    });
    if ('trouble' in answer) throw new ImageError(answer.trouble);
    return answer;
  }

  /** Ends the threads; what they are at rejects. */
  close(): Promise<void> {
    return this.#threads.close();
  }
}
