/** What could be saved or is odd in the model. Asked for once the statistics are there, for it rests on them. */
import { effect, signal } from '@preact/signals';
import type { FailureData } from '../../src/messages/failure.js';
import type { Finding } from '../../src/inspect/inspection.js';
import { statisticsFraction } from './layerRows.js';
import { failureOf } from './failureOf.js';
import { client, generation, started } from './session.js';

export const findings = signal<readonly Finding[] | null>(null);
export const findingsFailure = signal<FailureData | null>(null);

export async function loadFindings(): Promise<void> {
  const reading = generation.peek();
  findingsFailure.value = null;
  try {
    const found = await client.call('findings', {});
    if (reading === generation.peek()) findings.value = found;
  } catch (error) {
    if (reading === generation.peek()) findingsFailure.value = failureOf(error);
  }
}

export function followFindings(): void {
  let asked = -1;
  effect(() => {
    const reading = generation.value;
    const measured = statisticsFraction.value >= 1;
    if (started.peek() === null || asked === reading) return;
    findings.value = null;
    if (!measured) return;
    asked = reading;
    void loadFindings();
  });
}
