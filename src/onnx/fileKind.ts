import { Failure } from '../messages/failure.js';

const ascii = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** Throws where a file's first bytes say that it is something else than a model. */
export function checkFileKind(name: string, byteLength: number, head: Uint8Array): void {
  const text = ascii(head);
  if (byteLength === 0) throw new Failure('onnx.empty', { file: name });
  if (text.startsWith('version https://git-lfs')) throw new Failure('onnx.lfs-pointer', { file: name });
  if (text.slice(4, 8) === 'ORTM') throw new Failure('onnx.ort-format', { file: name });
  const other = otherKinds.find(({ start, at = 0 }) => text.startsWith(start, at));
  if (other) throw new Failure('onnx.not-a-model', { file: name, detail: `it is ${other.what}` });
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) {
    throw new Failure('onnx.not-a-model', { file: name, detail: 'it is a web page' });
  }
}

const otherKinds: readonly { start: string; at?: number; what: string }[] = [
  { start: 'PK\x03\x04', what: 'a zip archive (a PyTorch or NumPy file?)' },
  { start: '\x89HDF\r\n', what: 'an HDF5 file (a Keras model?)' },
  { start: '\x1f\x8b', what: 'compressed with gzip' },
  { start: 'TFL3', at: 4, what: 'a TensorFlow Lite model' },
  { start: 'GGUF', what: 'a GGUF model' },
  { start: '{"', at: 8, what: 'a safetensors file' },
  { start: '\x93NUMPY', what: 'a NumPy array' },
];
