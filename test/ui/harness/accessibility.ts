import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Frame, FrameLocator } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Fails on what axe calls serious or critical in an editor's page, once what fades in has done so. */
export async function expectAccessible(frame: FrameLocator | Frame): Promise<void> {
  const document = frame.locator('html');
  await document.evaluate(async (element) => {
    const moving = element.ownerDocument.getAnimations().filter(({ effect }) => effect?.getTiming().iterations === 1);
    await Promise.allSettled(moving.map(({ finished }) => finished));
  });
  await document.evaluate(axe);
  const results = await document.evaluate(async (element): Promise<AxeResults> => {
    const { axe } = globalThis as unknown as { axe: { run(context: unknown): Promise<AxeResults> } };
    return axe.run(element.ownerDocument);
  });
  const violations = results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html}: ${node.failureSummary ?? ''}`),
    );
  expect(violations).toEqual([]);
}
