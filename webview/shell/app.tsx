import type { JSX } from 'preact';
import { failureText, t } from '../format/text.js';
import { ComparePage } from '../compare/comparePage.js';
import { CompressPage } from '../compress/compressPage.js';
import { GraphPage } from '../graph/graphPage.js';
import { LayersPage } from '../layers/layersPage.js';
import { OverviewPage } from '../overview/overviewPage.js';
import { pageState } from '../state/pageState.js';
import { runCommand, startFailure, started } from '../state/session.js';
import { tabId } from '../tabList.js';
import { ContextMenu } from './contextMenu.js';
import { Header } from './header.js';
import { JobLine } from './jobBar.js';
import { Empty, Loading, Notices } from './notices.js';
import { panelId, Tabs } from './tabs.js';

const pages = {
  overview: OverviewPage,
  layers: LayersPage,
  graph: GraphPage,
  compress: CompressPage,
  compare: ComparePage,
};

export function App(): JSX.Element {
  const failure = startFailure.value;
  const start = started.value;
  if (failure) {
    const { message, mend } = failureText(failure);
    return (
      <main class="app">
        <Empty
          action={{ text: t('page.reload'), run: () => runCommand('reload') }}
          second={{ text: t('page.copyDiagnostics'), run: () => runCommand('copyDiagnostics') }}
        >
          {message} <span class="mend">{mend}</span>
        </Empty>
      </main>
    );
  }
  if (!start) {
    return (
      <main class="app">
        <Loading label={t('page.opening')} />
      </main>
    );
  }
  const { page } = pageState.value;
  const Page = pages[page];
  return (
    <div class="app">
      <Header opened={start.opened} />
      <Tabs />
      <JobLine />
      <Notices />
      <main class="page" id={panelId} role="tabpanel" aria-labelledby={tabId(panelId, page)}>
        <Page />
      </main>
      <ContextMenu />
    </div>
  );
}
