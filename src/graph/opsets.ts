import { Failure } from '../messages/failure.js';
import type { LocalFunction, Model } from './model.js';

/**
 * Makes sure that nodes of a domain may be used: imports it in `version` where the model does not yet.
 * Throws `graph.opsetTooOld` where the model imports an older version than `version`.
 */
export function requireOpset(model: Model | LocalFunction, domain: string, version: number): void {
  const imported = model.opsets.get(domain);
  if (imported === undefined) model.opsets.set(domain, version);
  else if (imported < version) {
    throw new Failure('graph.opsetTooOld', { domain: domain || 'ai.onnx', version: imported, needed: version });
  }
}
