/** Names and kinds of exported files. Pure. */
import type { ExportRequest } from '../protocol/exportCalls.js';

/** The end of the name says what is in the file. */
export type ExportFormat = 'csv' | 'json' | 'html' | 'npy' | 'svg' | 'png';

export function formatOf(request: ExportRequest): ExportFormat {
  if (request.what === 'tensor') return 'npy';
  return request.what === 'nodeData' ? 'json' : request.format;
}

/** The name that is proposed for an export of the model at `model`: `lenet-5.layers.csv`, `lenet-5.conv1.weight.npy`. */
export function exportName(model: string, request: ExportRequest): string {
  return [stem(model), ...partsOf(request), formatOf(request)].join('.');
}

function partsOf(request: ExportRequest): string[] {
  switch (request.what) {
    case 'layers':
    case 'inspection':
      return [request.what];
    case 'nodeData':
      return ['node-data'];
    case 'tensor':
      return [fileSafe(request.weight), ...(request.real ? ['real'] : [])];
    case 'histogram':
      return [fileSafe(request.weight), 'histogram'];
    case 'comparison':
      return ['against', stem(request.a)];
  }
}

function stem(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).replace(/\.onnx$/i, '');
}

/**
 * A name of a value as a part of a file's name on every system: letters that files cannot have become `_`, and of a long
 * name the end stays, for file systems take 255 bytes in all.
 */
export function fileSafe(name: string, longest = 60): string {
  // eslint-disable-next-line no-control-regex
  const safe = name.replace(/[\\/:*?"<>|\u0000-\u001f\u007f]+/g, '_').replace(/^[_. ]+|[_. ]+$/g, '');
  return safe.slice(-longest) || 'unnamed';
}
