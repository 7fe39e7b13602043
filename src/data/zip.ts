/**
 * The members of a zip archive, as APPNOTE.TXT 6.3.10 describes them, ZIP64 included. Stored members stay on disk and
 * are read by range; deflated ones are inflated whole, when they are first read.
 */
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { madeOnce, sliceOf, type RandomAccess } from './randomAccess.js';

const inflate = promisify(inflateRaw) as (bytes: Uint8Array, options: object) => Promise<Buffer>;

export interface ZipMember {
  readonly name: string;
  open(): Promise<RandomAccess>;
}

/** What is wrong with an archive, in words that end a sentence. */
export class ZipError extends Error {}

const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
};
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const LOCATOR64_BYTES = 20;
const END64_BYTES = 56;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
/** The longest member that is inflated into memory. */
const LONGEST_INFLATED = 2 ** 32 - 1;

interface Directory {
  readonly offset: number;
  readonly byteLength: number;
  readonly count: number;
}

/** Reads the central directory. Throws a ZipError. */
export async function zipMembers(file: RandomAccess): Promise<ZipMember[]> {
  const directory = await findDirectory(file);
  const bytes = viewOf(await readChecked(file, directory.offset, directory.byteLength, 'its directory'));
  const members: ZipMember[] = [];
  for (let at = 0; members.length < directory.count;) {
    if (at + CENTRAL_BYTES > bytes.byteLength || bytes.getUint32(at, true) !== signatures.central) {
      throw new ZipError('its directory is damaged');
    }
    const nameEnd = at + CENTRAL_BYTES + bytes.getUint16(at + 28, true);
    const extraEnd = nameEnd + bytes.getUint16(at + 30, true);
    const end = extraEnd + bytes.getUint16(at + 32, true);
    if (end > bytes.byteLength) throw new ZipError('its directory is damaged');
    members.push(memberOf(file, bytes, at, nameEnd, extraEnd));
    at = end;
  }
  return members;
}

async function findDirectory(file: RandomAccess): Promise<Directory> {
  const tailLength = Math.min(file.byteLength, END_BYTES + LONGEST_COMMENT + LOCATOR64_BYTES);
  const tailStart = file.byteLength - tailLength;
  const tail = viewOf(await file.read(tailStart, tailLength));
  for (let at = tailLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== signatures.end) continue;
    if (at >= LOCATOR64_BYTES && tail.getUint32(at - LOCATOR64_BYTES, true) === signatures.locator64) {
      return readEnd64(file, Number(tail.getBigUint64(at - LOCATOR64_BYTES + 8, true)));
    }
    return {
      count: tail.getUint16(at + 10, true),
      byteLength: tail.getUint32(at + 12, true),
      offset: tail.getUint32(at + 16, true),
    };
  }
  throw new ZipError('it is no zip archive, or its end is missing');
}

async function readEnd64(file: RandomAccess, offset: number): Promise<Directory> {
  const end = viewOf(await readChecked(file, offset, END64_BYTES, 'the end of its directory'));
  if (end.getUint32(0, true) !== signatures.end64) throw new ZipError('its directory is damaged');
  return {
    count: Number(end.getBigUint64(32, true)),
    byteLength: Number(end.getBigUint64(40, true)),
    offset: Number(end.getBigUint64(48, true)),
  };
}

function memberOf(file: RandomAccess, bytes: DataView, at: number, nameEnd: number, extraEnd: number): ZipMember {
  const name = new TextDecoder().decode(part(bytes, at + CENTRAL_BYTES, nameEnd));
  const encrypted = (bytes.getUint16(at + 8, true) & 1) !== 0;
  const method = bytes.getUint16(at + 10, true);
  const checksum = bytes.getUint32(at + 16, true);
  const [size, packedSize, localOffset] = resolve64(
    [bytes.getUint32(at + 24, true), bytes.getUint32(at + 20, true), bytes.getUint32(at + 42, true)],
    new DataView(bytes.buffer, bytes.byteOffset + nameEnd, extraEnd - nameEnd),
  );

  return {
    name,
    async open() {
      if (encrypted) throw new ZipError(`its member ${name} is encrypted`);
      if (method !== STORED && method !== DEFLATED) {
        throw new ZipError(`its member ${name} is compressed by method ${method}, not deflated or stored`);
      }
      const local = viewOf(await readChecked(file, localOffset, LOCAL_BYTES, `its member ${name}`));
      if (local.getUint32(0, true) !== signatures.local) throw new ZipError(`its member ${name} is damaged`);
      const start = localOffset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
      if (start + packedSize > file.byteLength) throw new ZipError(`it ends inside its member ${name}`);
      if (method === STORED) {
        if (packedSize !== size) throw new ZipError(`its member ${name} is damaged`);
        return sliceOf(file, start, size);
      }
      if (size > LONGEST_INFLATED) {
        throw new ZipError(`its member ${name} is too large to be inflated; save it with numpy.savez, uncompressed`);
      }
      return madeOnce(size, async () => inflateMember(name, await file.read(start, packedSize), size, checksum));
    },
  };
}

/** Sizes and offsets that do not fit in 32 bits stand in the extra field 0x0001, in this order. */
function resolve64(fields: readonly [number, number, number], extra: DataView): [number, number, number] {
  let wide: DataView | undefined;
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const length = Math.min(extra.getUint16(at + 2, true), extra.byteLength - at - 4);
    if (extra.getUint16(at, true) === 1) wide = new DataView(extra.buffer, extra.byteOffset + at + 4, length);
    at += 4 + length;
  }
  let next = 0;
  const resolve = (field: number) => {
    if (field !== 0xffffffff || !wide || next + 8 > wide.byteLength) return field;
    next += 8;
    return Number(wide.getBigUint64(next - 8, true));
  };
  return [resolve(fields[0]), resolve(fields[1]), resolve(fields[2])];
}

async function inflateMember(name: string, packed: Uint8Array, size: number, checksum: number): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await inflate(packed, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw new ZipError(`its member ${name} is damaged`, { cause: error });
  }
  if (bytes.byteLength !== size || crc32(bytes) !== checksum) throw new ZipError(`its member ${name} is damaged`);
  return bytes;
}

async function readChecked(file: RandomAccess, offset: number, length: number, what: string): Promise<Uint8Array> {
  if (offset + length > file.byteLength) throw new ZipError(`it ends before ${what}`);
  return file.read(offset, length);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function part(view: DataView, start: number, end: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, end - start);
}
