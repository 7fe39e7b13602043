/**
 * The product's engine behind a page that stands alone: what a recording cannot answer (a graph laid out anew, a search)
 * goes to it. Frames cross as JSON text, as VS Code sends them; typed arrays within as base64.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { Engine } from '../../../src/engine/engine.js';
import type { EngineService, OpenedModel } from '../../../src/protocol/engineService.js';
import type { Frame, HandlerContext, Handlers } from '../../../src/protocol/rpc.js';
import { serve } from '../../../src/protocol/server.js';
import { frameText, textFrame } from './frameText.js';
import type { Recording } from './recording.js';

/** Calls that take the model's handle, and that the page makes without it. */
export const liveMethods = [
  'layers',
  'layerTable',
  'statistics',
  'weight',
  'findings',
  'diagram',
  'diagramMetric',
  'diagramReveal',
] as const;
export type LiveMethod = (typeof liveMethods)[number];

export interface LiveEngine {
  /** What a page needs at its start; the rest it asks for. */
  readonly recording: Recording;
  /** Puts the engine behind a page that was not opened yet. */
  connect(page: Page): Promise<void>;
  close(): Promise<void>;
}

/** Opens a model in an engine of its own, in this process. */
export async function liveEngine(path: string): Promise<LiveEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-live-'));
  const engine = new Engine({
    stateFolder: folder,
    runnerPath: resolve(__dirname, '../../../dist/runner.js'),
  });
  const context: HandlerContext<never> = { signal: new AbortController().signal, emit: () => {} };
  const opened: OpenedModel = await engine.service.open({ path }, context);
  const { model } = opened;
  const handlers = Object.fromEntries(
    liveMethods.map((method) => {
      const handler = engine.service[method] as (argument: object, context: unknown) => unknown;
      return [method, (argument: object, call: unknown) => handler({ ...argument, model }, call)];
    }),
  ) as unknown as Handlers<Pick<EngineService, LiveMethod>>;
  return {
    recording: { opened, layers: [], details: [], findings: [], report: null, comparison: null },
    async connect(page) {
      const listeners: ((frame: Frame) => void)[] = [];
      const port = {
        post: (frame: Frame) =>
          void page.evaluate((text) => standalone.fromEngine(text), frameText(frame)).catch(() => undefined),
        onFrame: (listener: (frame: Frame) => void) => void listeners.push(listener),
        onClose: (listener: (failure: never) => void) => void page.once('close', () => listener(undefined as never)),
      };
      serve(port, handlers);
      await page.exposeFunction('toEngine', (text: string) =>
        listeners.forEach((listener) => listener(textFrame(text))),
      );
    },
    async close() {
      await engine.service.close({ model }, context);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
