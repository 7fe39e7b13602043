/** What one tab remembers over being hidden or reloaded, in VS Code's own keeping: where its table was scrolled to. */
import type { Json } from '../../src/compress/method.js';
import type { KeptView } from '../graph/camera.js';
import { vscode } from '../vscodeApi.js';

interface TabState {
  /** The page state as it was last written. */
  readonly page: Json;
  /** Pixels; null where the selected row decides. */
  readonly layersScroll: number | null;
  /** Where the graph was looked at from; null for its beginning. */
  readonly graphView: KeptView | null;
}

function remembered(): TabState {
  const state = vscode.getState() as Partial<TabState> | null | undefined;
  const scroll = state?.layersScroll;
  const view = state?.graphView;
  const isView = [view?.x, view?.y, view?.k, view?.width].every(Number.isFinite) && view!.k > 0;
  return {
    page: state?.page ?? null,
    layersScroll: typeof scroll === 'number' ? scroll : null,
    graphView: isView ? view! : null,
  };
}

let current = remembered();

export const tabState = (): TabState => current;

export function changeTabState(change: Partial<TabState>): void {
  current = { ...current, ...change };
  vscode.setState(current);
}
