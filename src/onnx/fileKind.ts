import { Failure } from '../messages/failure.js';

const ascii = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** Throws where a file's first bytes say that it is something else than a model. */
export function checkFileKind(name: string, byteLength: number, head: Uint8Array): void {
  const text = ascii(head);
  if (byteLength === 0) throw new Failure('onnx.empty', { file: name });
  if (text.startsWith('version https://git-lfs')) throw new Failure('onnx.lfs-pointer', { file: name });
  if (text.slice(4, 8) === 'ORTM') throw new Failure('onnx.ort-format', { file: name });
  for (const [start, what] of otherKinds) {
    if (start.test(text)) throw new Failure('onnx.not-a-model', { file: name, detail: `it is ${what}` });
  }
}

const otherKinds: readonly [RegExp, string][] = [
  [/^PK\x03\x04/, 'a zip archive (a PyTorch or NumPy file?)'],
  [/^\x89HDF\r\n/, 'an HDF5 file (a Keras model?)'],
  [/^\x1f\x8b/, 'compressed with gzip'],
  [/^....TFL3/s, 'a TensorFlow Lite model'],
  [/^GGUF/, 'a GGUF model'],
  [/^\s*<(!doctype|html|\?xml)/i, 'a web page or XML'],
  [/^.{8}\{"/s, 'a safetensors file'],
  [/^\x93NUMPY/, 'a NumPy array'],
];
