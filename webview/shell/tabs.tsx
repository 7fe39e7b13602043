import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { SentenceId } from '../../src/messages/catalog.js';
import type { PageName } from '../../src/protocol/pageService.js';
import { t } from '../format/text.js';
import { changePageState, pageState } from '../state/pageState.js';
import { JobStatus } from './jobBar.js';

const tabs: readonly { readonly page: PageName; readonly title: SentenceId }[] = [
  { page: 'overview', title: 'page.overview' },
  { page: 'layers', title: 'page.layers' },
  { page: 'compare', title: 'page.compare' },
];

export const panelId = 'page-panel';
export const tabId = (page: PageName): string => `tab-${page}`;

export function Tabs(): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const shown = pageState.value.page;
  const go = (page: PageName): void => {
    changePageState({ page });
    list.current!.querySelector<HTMLElement>(`#${tabId(page)}`)!.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const current = tabs.findIndex(({ page }) => page === shown);
    const target = {
      ArrowLeft: (current + tabs.length - 1) % tabs.length,
      ArrowRight: (current + 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    go(tabs[target]!.page);
  };
  return (
    <div class="tab-bar">
      <div class="tabs" role="tablist" ref={list} onKeyDown={onKeyDown}>
        {tabs.map(({ page, title }) => (
          <button
            key={page}
            id={tabId(page)}
            class="tab"
            role="tab"
            aria-selected={page === shown}
            aria-controls={panelId}
            tabIndex={page === shown ? 0 : -1}
            onClick={() => changePageState({ page })}
          >
            {t(title)}
          </button>
        ))}
      </div>
      <JobStatus />
    </div>
  );
}
