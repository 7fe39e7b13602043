/** What the page saves to files: the extension asks for their names. */
import type { ExportRequest } from '../../src/protocol/exportCalls.js';
import { client, commandFailure, started } from './session.js';
import { failureOf } from './failureOf.js';

/** Saves what the engine knows. */
export function exportFile(request: ExportRequest): void {
  client.call('exportFile', { request }).catch(fail);
}

/** Saves a weight; `real` turns quantized numbers into those they stand for. */
export const exportTensor = (layer: number, weight: string, real: boolean): void =>
  exportFile({ what: 'tensor', layer, weight, real });

/** Saves what the page has made, under a name that begins with the model's. `make` may fail, and take a while. */
export async function saveFile(suffix: string, make: () => string | Promise<string | Uint8Array>): Promise<void> {
  try {
    await client.call('saveFile', { name: `${modelStem()}.${suffix}`, data: await make() });
  } catch (error) {
    fail(error);
  }
}

/** The name of the model's file without its ending. */
function modelStem(): string {
  const { path } = started.peek()!.opened;
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).replace(/\.onnx$/i, '');
}

function fail(error: unknown): void {
  commandFailure.value = failureOf(error);
}
