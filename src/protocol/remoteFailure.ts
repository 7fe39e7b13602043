import type { FailureData } from '../messages/failure.js';
import type { MessageParams } from '../messages/message.js';

/** A failure that another process or page answered with. Its fields are those of FailureData. Browser-safe. */
export class RemoteFailure extends Error implements FailureData {
  override readonly name = 'RemoteFailure';
  readonly code: string;
  readonly params: MessageParams;
  readonly mend: string;

  constructor(failure: FailureData) {
    super(failure.message);
    this.code = failure.code;
    this.params = failure.params;
    this.mend = failure.mend;
  }
}
