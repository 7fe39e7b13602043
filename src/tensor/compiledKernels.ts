/** The kernels of assembly/, compiled, over a memory of their own. */

type Kernel = (...numbers: number[]) => void;
type Finder = (...numbers: number[]) => number;

/** What assembly/index.ts exports; addresses are bytes of `memory`, lengths elements. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly moments32: Kernel;
  readonly moments64: Kernel;
  readonly momentsByRun32: Kernel;
  readonly momentsByRun64: Kernel;
  readonly widenRuns32: Kernel;
  readonly widenRuns64: Kernel;
  readonly widenRows32: Kernel;
  readonly widenRows64: Kernel;
  readonly count32: Kernel;
  readonly count64: Kernel;
  readonly countWhole32: Kernel;
  readonly lookUpBytes: Kernel;
  readonly lookUpPairs: Kernel;
  readonly lookUpFours: Kernel;
  readonly lookUpWords: Kernel;
  readonly scaleRuns: Kernel;
  readonly scaleEach: Kernel;
  readonly sketchRuns32: Kernel;
  readonly sketchRuns64: Kernel;
  readonly sketchRows32: Kernel;
  readonly sketchRows64: Kernel;
  readonly sketchRow32: Kernel;
  readonly sketchRow64: Kernel;
  readonly nextAlike: Finder;
  readonly product32: Finder;
  readonly product64: Finder;
  readonly rowProducts: Kernel;
  readonly pivotRows: Finder;
  readonly subtractDirection: Finder;
}

/** What of the global WebAssembly is used: neither Node's types nor those of ES2023 have it. */
interface WebAssemblyGlobal {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyGlobal };

const pageBytes = 65536;
const alignment = 64;

/** The kernels and their memory, which is given out like a stack. */
export class CompiledKernels {
  readonly run: Kernels;
  /** Address 0 stands for nothing. */
  #end = alignment;

  constructor(binary: Uint8Array) {
    this.run = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as Kernels;
  }

  /** The address of so many bytes, until they are released. Views of the memory taken before are void. */
  reserve(bytes: number): number {
    const address = Math.ceil(this.#end / alignment) * alignment;
    this.#end = address + bytes;
    const { memory } = this.run;
    const missing = this.#end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    return address;
  }

  /** Does something with memory, all of which is given back when it is done. */
  scoped<T>(act: () => T): T {
    const end = this.#end;
    try {
      return act();
    } finally {
      this.#end = end;
    }
  }

  /** The same of what takes its time. Meanwhile nobody else may reserve memory. */
  async scopedWhile<T>(act: () => Promise<T>): Promise<T> {
    const end = this.#end;
    try {
      return await act();
    } finally {
      this.#end = end;
    }
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.run.memory.buffer, address, length);
  }

  words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.run.memory.buffer, address, length);
  }

  float32(address: number, length: number): Float32Array {
    return new Float32Array(this.run.memory.buffer, address, length);
  }

  float64(address: number, length: number): Float64Array {
    return new Float64Array(this.run.memory.buffer, address, length);
  }
}
