/**
 * The product's engine behind a page that stands alone: what a recording cannot answer (a graph laid out anew, a search)
 * goes to it. Frames cross as JSON text, as VS Code sends them; typed arrays within as base64.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { Engine } from '../../../src/engine/engine.js';
import { Failure } from '../../../src/messages/failure.js';
import { createClient } from '../../../src/protocol/client.js';
import type { DiagramExpansion, DiagramItem, DiagramPart } from '../../../src/protocol/diagramCalls.js';
import type { EngineService } from '../../../src/protocol/engineService.js';
import { childPort } from '../../../src/protocol/processPort.js';
import type { CallOptions, Client, Frame, Handlers, Port } from '../../../src/protocol/rpc.js';
import { serve } from '../../../src/protocol/server.js';
import { frameText, textFrame } from './frameText.js';
import type { Recording } from './recording.js';

const dist = resolve(__dirname, '../../../dist');

/** Calls that take the model's handle, and that the page makes without it. */
export const liveMethods = [
  'layers',
  'layerTable',
  'statistics',
  'weight',
  'findings',
  'activations',
  'activation',
  'diagram',
  'diagramMetric',
  'diagramReveal',
  'weightCodes',
  'methods',
  'previewCompression',
] as const;

export interface PlacedItem {
  readonly item: DiagramItem;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface LiveEngine {
  /** What a page needs at its start; the rest it asks for. */
  readonly recording: Recording;
  /** The items that show with these ids expanded, and where. */
  diagram(expanded: DiagramExpansion): Promise<readonly PlacedItem[]>;
  /** Puts the engine behind a page that was not opened yet. Calls in `failing` fail, as if it had ended. */
  connect(page: Page, failing?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens a model in an engine of its own: made from the sources in this process, or the built one in a process of its own. */
export async function liveEngine(path: string, where: 'here' | 'process' = 'here'): Promise<LiveEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-live-'));
  const { client, end } = where === 'here' ? engineHere(folder) : engineProcess(folder);
  const opened = await client.call('open', { path });
  const { model } = opened;
  const call = client.call as (method: string, argument: object, options: CallOptions<unknown>) => Promise<unknown>;
  const forwarded = liveMethods.map((method) => [
    method,
    (argument: object, { signal, emit }: { signal: AbortSignal; emit: (event: unknown) => void }) =>
      call(method, { ...argument, model }, { signal, onEvent: emit }),
  ]);
  const handlers = Object.fromEntries(forwarded) as Record<string, never>;
  return {
    recording: {
      opened,
      layers: [],
      details: [],
      findings: [],
      profile: null,
      report: null,
      comparison: null,
    },
    async diagram(expanded) {
      const parts: DiagramPart[] = [];
      await client.call('diagram', { model, expanded }, { onEvent: (part) => void parts.push(part) });
      return parts.flatMap(placedItems);
    },
    async connect(page, failing = []) {
      const listeners: ((frame: Frame) => void)[] = [];
      const post = (frame: Frame): void =>
        void page.evaluate((text) => standalone.fromEngine(text), frameText(frame)).catch(() => undefined);
      const fail = (): never => {
        throw new Failure('engine.closed');
      };
      const served = { ...handlers, ...Object.fromEntries(failing.map((method) => [method, fail])) };
      const onFrame = (listener: (frame: Frame) => void): void => void listeners.push(listener);
      serve({ post, onFrame, onClose: () => undefined }, served as Handlers<unknown>);
      await page.exposeFunction('toEngine', (text: string) =>
        listeners.forEach((listener) => listener(textFrame(text))),
      );
    },
    async close() {
      await client.call('close', { model });
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface StartedEngine {
  readonly client: Client<EngineService>;
  end(): Promise<unknown>;
}

function engineHere(stateFolder: string): StartedEngine {
  const engine = new Engine({ stateFolder, bundleFolder: dist });
  const [near, far] = joinedPorts();
  serve(far, engine.service);
  return { client: createClient(near), end: () => engine.close() };
}

function engineProcess(stateFolder: string): StartedEngine {
  const child = fork(join(dist, 'engine.js'), [stateFolder], { execArgv: [], serialization: 'advanced' });
  const exited = new Promise((resolveExit) => child.once('exit', resolveExit));
  return {
    client: createClient(childPort(child)),
    end: () => {
      child.disconnect();
      return exited;
    },
  };
}

/** Two ends of one channel in this process. */
function joinedPorts(): [Port, Port] {
  const listeners: [((frame: Frame) => void)[], ((frame: Frame) => void)[]] = [[], []];
  const port = (own: 0 | 1, other: 0 | 1): Port => ({
    post: (frame) => queueMicrotask(() => listeners[other].forEach((listener) => listener(frame))),
    onFrame: (listener) => void listeners[own].push(listener),
    onClose: () => undefined,
  });
  return [port(0, 1), port(1, 0)];
}

function placedItems({ items, boxes }: DiagramPart): PlacedItem[] {
  return items.map((item, i) => {
    const [left, top, width, height] = boxes.subarray(i * 4, i * 4 + 4);
    return { item, left: left!, top: top!, width: width!, height: height! };
  });
}
