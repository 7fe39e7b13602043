import type { FailureId } from './catalog.js';
import { failures } from './catalog.js';
import type { MessageParams } from './message.js';
import { fill } from './message.js';

/** A failure as it crosses a process boundary: plain data. */
export interface FailureData {
  readonly code: string;
  readonly params: MessageParams;
  /** English, for logs, the command line and codes that the catalogue does not know. */
  readonly message: string;
  readonly mend: string;
}

/**
 * Something that went wrong and that a person can do something about. Everything else that is thrown is a defect and
 * shows as `internal`.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly mend: string;

  constructor(
    readonly code: FailureId,
    readonly params: MessageParams = {},
    options?: ErrorOptions,
  ) {
    super(fill(failures[code].message, params), options);
    this.mend = fill(failures[code].mend, params);
  }
}

/** Any thrown value as data; an unexpected error becomes `internal` with its own message. */
export function failureData(error: unknown): FailureData {
  if (error instanceof Failure) {
    return { code: error.code, params: error.params, message: error.message, mend: error.mend };
  }
  if (isFailureData(error)) return { code: error.code, params: error.params, message: error.message, mend: error.mend };
  const detail = error instanceof Error ? error.message : String(error);
  const text = failures.internal;
  return { code: 'internal', params: { detail }, message: fill(text.message, { detail }), mend: text.mend };
}

function isFailureData(value: unknown): value is FailureData {
  return typeof value === 'object' && value !== null && 'code' in value && 'params' in value && 'mend' in value;
}
