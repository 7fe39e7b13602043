import type { Tensor, TensorBytes } from '../tensor/tensor.js';
import type { EntryProto } from './protos.js';

/** Smaller tensors stay in the model file, where onnxruntime's shape inference reads them. */
const leastBytes = 1 << 10;
/** As ONNX's own tools align, so that tensors can be mapped into memory. */
const alignment = 4096;

interface Placed {
  readonly offset: number;
  readonly bytes: TensorBytes;
}

/** What goes where in a data file: large tensors one after the other, each at a page's begin. */
export class DataFileLayout {
  readonly placed: Placed[] = [];
  #end = 0;

  /** `location` is the data file's name as the model gives it. */
  constructor(readonly location: string) {}

  get byteLength(): number {
    return this.#end;
  }

  takes({ elementType, bytes }: Tensor): boolean {
    return elementType !== 'string' && bytes.byteLength >= leastBytes;
  }

  /** Places a tensor and gives its `external_data`. */
  place({ bytes }: Tensor): EntryProto[] {
    const offset = Math.ceil(this.#end / alignment) * alignment;
    this.placed.push({ offset, bytes });
    this.#end = offset + bytes.byteLength;
    return [
      { key: 'location', value: this.location },
      { key: 'offset', value: String(offset) },
      { key: 'length', value: String(bytes.byteLength) },
    ];
  }

  /** The file's content. */
  *pieces(): Iterable<Uint8Array | TensorBytes> {
    let end = 0;
    for (const { offset, bytes } of this.placed) {
      if (offset > end) yield new Uint8Array(offset - end);
      yield bytes;
      end = offset + bytes.byteLength;
    }
  }
}
