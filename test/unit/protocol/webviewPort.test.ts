import { expect, it } from 'vitest';
import { createClient } from '../../../src/protocol/client.js';
import type { Call, Frame, Port } from '../../../src/protocol/rpc.js';
import { serve } from '../../../src/protocol/server.js';
import { hostPort, pagePorts } from '../../../src/protocol/webviewPort.js';

interface Work {
  /** Never ends by itself. */
  wait: Call<{ page: string }, string, number>;
  answer: Call<number, number>;
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A webview that shows one page after another, with messages as VS Code passes them. */
function webview() {
  let toHost: (message: unknown) => void = () => undefined;
  let page: ((event: { data: unknown }) => void) | undefined;
  const host = {
    postMessage(message: unknown) {
      const data = JSON.parse(JSON.stringify(message)) as unknown;
      queueMicrotask(() => page?.({ data }));
      return Promise.resolve(true);
    },
    onDidReceiveMessage(listener: (message: unknown) => void) {
      toHost = listener;
      return { dispose: () => (toHost = () => undefined) };
    },
  };
  const show = () => {
    const api = {
      postMessage: (message: unknown) => {
        const data = JSON.parse(JSON.stringify(message)) as unknown;
        queueMicrotask(() => toHost(data));
      },
    };
    const source = { addEventListener: (_: 'message', listener: typeof page & object) => void (page = listener) };
    return createClient<Work>(hostPort(api, source));
  };
  return { host, show };
}

it('serves each page that the webview shows, and ends the calls of the one before', async () => {
  const { host, show } = webview();
  const aborted: string[] = [];
  const waiting: ((value: string) => void)[] = [];
  const ports = pagePorts(host, (port: Port) =>
    serve<Work>(port, {
      wait: ({ page }, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => aborted.push(page));
          waiting.push(resolve);
        }),
      answer: (value) => -value,
    }),
  );
  const first = show();
  const lost: string[] = [];
  void first.call('wait', { page: 'first' }).then((answer) => lost.push(answer));
  await settled();

  const second = show();
  const answered = second.call('wait', { page: 'second' });
  await settled();
  expect(aborted).toEqual(['first']);
  waiting[0]!('for the first');
  await settled();
  waiting[1]!('for the second');
  expect(await answered).toBe('for the second');
  expect(lost).toEqual([]);
  expect(await second.call('answer', Infinity)).toBe(-Infinity);

  void second.call('wait', { page: 'second, again' }).catch(() => undefined);
  await settled();
  ports.dispose();
  expect(aborted).toEqual(['first', 'second, again']);
});

it('posts nothing for a page that is known to be gone', async () => {
  const { host, show } = webview();
  let finish: (value: string) => void = () => undefined;
  const posted: Frame[] = [];
  const watched = {
    ...host,
    postMessage: (message: unknown) => {
      posted.push(message as Frame);
      return host.postMessage(message);
    },
  };
  const ports = pagePorts(watched, (port) =>
    serve<Work>(port, { wait: () => new Promise((resolve) => (finish = resolve)), answer: (value) => value }),
  );
  void show().call('wait', { page: 'hidden' });
  await settled();
  ports.closePage();
  finish('too late');
  await settled();
  expect(posted).toEqual([]);
});
