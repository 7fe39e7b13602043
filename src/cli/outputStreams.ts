import { systemReason } from '../onnx/systemReason.js';

/**
 * A reader that has seen enough (`tare inspect … | head -1`) is no failure: what follows is dropped, and the work goes on to
 * its end. That an answer cannot be written for another reason (a full disk) is told, and exits 1.
 */
export function endQuietlyWithReader(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): void {
  stderr.on('error', () => {});
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    stderr.write(`tare: The answer cannot be written: ${systemReason(error.message)}.\n`);
    process.once('exit', () => {
      process.exitCode = 1;
    });
  });
}
