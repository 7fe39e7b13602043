import type { JSX } from 'preact';
import type { SentenceId } from '../../src/messages/catalog.js';
import type { PageName } from '../../src/protocol/pageService.js';
import { changePageState, pageState } from '../state/pageState.js';
import { TabList } from '../tabList.js';
import { JobStatus } from './jobBar.js';

const tabs: readonly { readonly name: PageName; readonly title: SentenceId }[] = [
  { name: 'overview', title: 'page.overview' },
  { name: 'layers', title: 'page.layers' },
  { name: 'graph', title: 'page.graph' },
  { name: 'compress', title: 'page.form' },
  { name: 'compare', title: 'page.compare' },
];

export const panelId = 'page-panel';

export function Tabs(): JSX.Element {
  return (
    <div class="tab-bar">
      <TabList
        tabs={tabs}
        chosen={pageState.value.page}
        panelId={panelId}
        onChoose={(page) => changePageState({ page })}
      />
      <JobStatus />
    </div>
  );
}
