import type { Model } from '../graph/model.js';
import { findFaults } from '../graph/validate.js';
import { sentence } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';

/** The first faults are the cause of most others. */
const mostFaults = 5;

/** What is wrong with the graph, so that the model does not run; it can be looked at all the same. */
export function graphFaults(model: Model): Message[] {
  const found: Message[] = [];
  for (const { message: fault, mend } of findFaults(model)) {
    found.push(sentence('inspect.fault', { fault, mend }));
    if (found.length === mostFaults) break;
  }
  return found;
}
