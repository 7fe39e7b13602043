/** The last profile of this model. */
import { effect } from '@preact/signals';
import { client, generation, profile, reportError } from './session.js';

/** Asks for it whenever the model is read. */
export function followProfile(): void {
  effect(() => {
    const reading = generation.value;
    if (reading === 0) return;
    profile.value = null;
    client
      .call('profileCard', {})
      .then((card) => {
        if (reading === generation.peek() && profile.peek() === null) profile.value = card;
      })
      .catch(reportError);
  });
}
