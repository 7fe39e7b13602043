/**
 * Ports over a webview's messages, at either end. VS Code sends them as JSON in which typed arrays and ArrayBuffers
 * travel as binary (since 1.57): numbers that JSON cannot say are packed, and a view on a larger buffer is copied, since
 * the whole buffer would travel. Browser-safe.
 */
import { Failure, failureData } from '../messages/failure.js';
import { closeOnce } from './closeOnce.js';
import { packNumbers, unpackNumbers } from './packNumbers.js';
import type { Frame, Port } from './rpc.js';

/** The host's end of a webview (`vscode.Webview`). */
export interface HostWebview {
  postMessage(message: unknown): PromiseLike<boolean>;
  onDidReceiveMessage(listener: (message: unknown) => void): { dispose(): unknown };
}

/** The page's end: what `acquireVsCodeApi()` gives. */
export interface PageApi {
  postMessage(message: unknown): void;
}

/** The page's window, as far as it is needed here. */
export interface MessageSource {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export interface PagePorts {
  closePage(): void;
  dispose(): void;
}

/**
 * The extension's ports to the pages that a webview shows one after another: VS Code makes the page anew when it was
 * hidden or reloaded, and tells nobody. A client's first call has id 1, which no page uses twice: it closes the port of
 * the page before and opens one for the page that sent it. `closePage` ends the page's port when it is known to
 * be gone; disposing does so for good.
 */
export function pagePorts(webview: HostWebview, onPage: (port: Port) => void): PagePorts {
  let current: { receive(frame: Frame): void; close(): void } | undefined;
  const subscription = webview.onDidReceiveMessage((message) => {
    const frame = unpackNumbers(message) as Frame;
    if (frame.type === 'call' && frame.id === 1) {
      current?.close();
      current = openPage(webview, onPage);
    }
    current?.receive(frame);
  });
  const closePage = () => {
    current?.close();
    current = undefined;
  };
  return {
    closePage,
    dispose() {
      subscription.dispose();
      closePage();
    },
  };
}

function openPage(webview: HostWebview, onPage: (port: Port) => void) {
  const closing = closeOnce();
  const listeners: ((frame: Frame) => void)[] = [];
  onPage({
    post: (frame) => void webview.postMessage(packNumbers(frame)),
    onFrame: (listener) => void listeners.push(listener),
    onClose: closing.onClose,
  });
  return {
    receive: (frame: Frame) => listeners.forEach((listener) => listener(frame)),
    close: () => closing.close(failureData(new Failure('engine.closed'))),
  };
}

/** The page's port to the extension; it lives as long as the page. */
export function hostPort(api: PageApi, source: MessageSource): Port {
  return {
    post: (frame) => api.postMessage(packNumbers(frame)),
    onFrame: (listener) => source.addEventListener('message', ({ data }) => listener(unpackNumbers(data) as Frame)),
    onClose: () => undefined,
  };
}
