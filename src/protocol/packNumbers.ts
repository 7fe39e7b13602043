/** Plain data through JSON without loss of numbers. Browser-safe. */

/** Stands for a number that JSON has no word for. */
interface PackedNumber {
  readonly $number: 'NaN' | 'Infinity' | '-Infinity' | '-0';
}

/** A copy of plain data in which NaN, the infinities and negative zero are objects. */
export function packNumbers(value: unknown): unknown {
  if (typeof value === 'number') {
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
    return { $number: Object.is(value, -0) ? '-0' : String(value) } as PackedNumber;
  }
  if (ArrayBuffer.isView(value)) return ownBuffer(value);
  return mapChildren(value, packNumbers);
}

/** Undoes `packNumbers`. */
export function unpackNumbers(value: unknown): unknown {
  if (isPackedNumber(value)) return Number(value.$number);
  if (ArrayBuffer.isView(value)) return value;
  return mapChildren(value, unpackNumbers);
}

function mapChildren(value: unknown, change: (child: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value !== 'object' || value === null || value instanceof ArrayBuffer) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child)]));
}

function isPackedNumber(value: unknown): value is PackedNumber {
  return typeof value === 'object' && value !== null && typeof (value as PackedNumber).$number === 'string';
}

function ownBuffer(view: ArrayBufferView): ArrayBufferView {
  if (view.byteLength === view.buffer.byteLength || view instanceof DataView) return view;
  return (view as Uint8Array).slice();
}
