import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { FieldHandle } from '../controls.js';
import { Dropdown, IconButton } from '../controls.js';
import { DetailPanel } from '../detail/detailPanel.js';
import { t } from '../format/text.js';
import { useWidth } from '../grid/width.js';
import { openContextMenu } from '../shell/contextMenu.js';
import { Menu } from '../shell/menu.js';
import type { MenuItem } from '../shell/menuList.js';
import { Empty, FailureSentence, Loading } from '../shell/notices.js';
import { openDetail } from '../state/detailFocus.js';
import { failureOf } from '../state/failureOf.js';
import { saveFile } from '../state/exports.js';
import { showLayer } from '../state/layerRows.js';
import { changePageState, defaultQuery, graphMetrics, pageState } from '../state/pageState.js';
import { client, commandFailure, copyText } from '../state/session.js';
import { windowOf } from './camera.js';
import { graphAsPng, graphAsSvg, wholeOf } from './exportGraph.js';
import {
  chooseMetric,
  collapseAll,
  expandAll,
  layoutFailure,
  laying,
  loadAgain,
  pick,
  reveal,
  shown,
  toggle,
} from './graphState.js';
import { GraphSearch } from './graphSearch.js';
import { GraphTable } from './graphTable.js';
import type { PictureHandle } from './picture.js';
import { lookOf, Picture } from './picture.js';
import { readPalette } from './palette.js';
import type { Scene } from './scene.js';

/** Width in pixels from which the detail stands beside the graph. */
const besideFrom = 700;

const saying = (work: Promise<unknown>): void => {
  work.catch((error: unknown) => (commandFailure.value = failureOf(error)));
};

/** The graph of the model, coloured by a metric. */
export function GraphPage(): JSX.Element {
  const page = useRef<HTMLDivElement>(null);
  const search = useRef<FieldHandle | null>(null);
  const picture = useRef<PictureHandle | null>(null);
  const [asTable, setAsTable] = useState(false);
  const width = useWidth(page);
  const { selection, detailOpen, graph } = pageState.value;
  const scene = shown.value?.scene ?? null;
  const open = detailOpen && selection !== null && scene !== null;

  const focusGraph = (): void =>
    page.current?.querySelector<HTMLElement>('[role="application"], [role="grid"]')?.focus();
  const openDetailOf = (item: number): void => {
    pick(item);
    if (scene!.items[item]!.layer < 0) return;
    openDetail();
  };
  const showInTable = (item: number): void => {
    const { layer } = scene!.items[item]!;
    if (layer >= 0) saying(showInLayers(layer));
  };

  const menuOf = (at: number): MenuItem[] => {
    const item = scene!.items[at]!;
    const items: MenuItem[] = [];
    const verb = item.expanded ? 'page.graph.menu.collapse' : 'page.graph.menu.expand';
    if (item.expandable) items.push({ text: t(verb), run: () => toggle(item.id) });
    if (item.layer >= 0) {
      items.push({ text: t('page.graph.menu.detail'), run: () => openDetailOf(at) });
      items.push({ text: t('page.graph.menu.layers'), run: () => showInTable(at) });
    }
    items.push({ text: t('page.graph.menu.copy'), run: () => copyText(item.name || item.op) });
    return items;
  };

  return (
    <div class="graph" ref={page}>
      <div class="toolbar graph-toolbar">
        <GraphSearch
          fieldRef={search}
          onLeave={focusGraph}
          onFind={({ index }) => {
            saying(reveal(index));
          }}
        />
        <Dropdown
          label={t('page.graph.metric')}
          class="graph-metric"
          value={graph.metric}
          options={graphMetrics.map((metric) => ({ value: metric, text: t(`page.graph.metric.${metric}`) }))}
          onChange={chooseMetric}
        />
        <div class="graph-tools">
          <IconButton icon="zoom-out" label={t('page.graph.zoomOut')} onClick={() => picture.current?.zoomBy(0.8)} />
          <IconButton icon="zoom-in" label={t('page.graph.zoomIn')} onClick={() => picture.current?.zoomBy(1.25)} />
          <IconButton icon="screen-full" label={t('page.graph.fit')} onClick={() => picture.current?.fit()} />
          <IconButton icon="expand-all" label={t('page.graph.expandAll')} onClick={expandAll} />
          <IconButton icon="collapse-all" label={t('page.graph.collapseAll')} onClick={collapseAll} />
          <IconButton
            icon="list-tree"
            label={t(asTable ? 'page.graph.asPicture' : 'page.graph.asTable')}
            onClick={() => setAsTable(!asTable)}
          />
          <Menu icon="download" label={t('page.graph.export')} items={exportItems(scene, picture.current)} />
        </div>
      </div>
      <div class={`graph-line${laying.value && scene ? ' busy' : ''}`} />
      {layoutFailure.value && scene && (
        <p class="inline-failure">
          <FailureSentence failure={layoutFailure.value} />{' '}
          <button class="link" onClick={loadAgain}>
            {t('page.tryAgain')}
          </button>
        </p>
      )}
      <div class={`split${open ? (width >= besideFrom ? ' beside' : ' below') : ''}`}>
        {scene === null ? (
          <Waiting />
        ) : scene.items.length === 0 ? (
          <Empty>{t('page.graph.nothing')}</Empty>
        ) : asTable ? (
          <GraphTable
            scene={scene}
            onOpen={(item) => (scene.items[item]!.expandable ? toggle(scene.items[item]!.id) : openDetailOf(item))}
            onSearch={() => search.current?.focus()}
          />
        ) : (
          <Picture
            scene={scene}
            handle={picture}
            onOpen={openDetailOf}
            onShowInTable={showInTable}
            onMenu={(item, point) =>
              openContextMenu(t('page.graph.menu', { item: scene.items[item]!.name }), menuOf(item), point)
            }
            onSearch={() => search.current?.focus()}
          />
        )}
        {open && (
          <DetailPanel
            layer={selection}
            onClose={() => {
              changePageState({ detailOpen: false });
              focusGraph();
            }}
          />
        )}
      </div>
    </div>
  );
}

function Waiting(): JSX.Element {
  if (layoutFailure.value === null) return <Loading label={t('page.graph.loading')} />;
  return (
    <Empty action={{ text: t('page.tryAgain'), run: loadAgain }}>
      <FailureSentence failure={layoutFailure.value} />
    </Empty>
  );
}

async function showInLayers(layer: number): Promise<void> {
  const { rows } = await client.call('layers', { query: defaultQuery, start: layer, end: layer + 1 });
  if (rows[0]) await showLayer(rows[0].card.name);
}

/** The whole graph, and what of it is in sight. */
function exportItems(scene: Scene | null, picture: PictureHandle | null): MenuItem[] {
  const item = (text: string, format: 'svg' | 'png', ofView: boolean): MenuItem => ({
    text,
    run: () => {
      if (scene === null) return;
      const [look, palette] = [lookOf(-1), readPalette()];
      const shown = ofView && picture ? picture : null;
      const window = shown ? windowOf(shown.view, shown.size) : wholeOf(scene);
      const zoom = 2 * (shown ? shown.view.k : 1);
      const draw = { svg: graphAsSvg, png: graphAsPng }[format];
      void saveFile(`graph.${format}`, () => draw(scene, window, look, palette, zoom));
    },
  });
  return [
    item(t('page.export.svg'), 'svg', false),
    item(t('page.export.png'), 'png', false),
    item(t('page.graph.export.viewSvg'), 'svg', true),
    item(t('page.graph.export.viewPng'), 'png', true),
  ];
}
