import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import type { LayerRow } from '../../src/protocol/engineService.js';
import { IconButton } from '../controls.js';
import { Value } from '../figure.js';
import { bytes, count } from '../format/figures.js';
import { t } from '../format/text.js';
import { detailWantsFocus } from '../state/detailFocus.js';
import type { Selection } from '../state/pageState.js';
import { changePageState, pageState } from '../state/pageState.js';
import { detailRow } from '../state/weightDetail.js';
import { TabList, tabId } from '../tabList.js';
import { Connections } from './connections.js';
import { detailTabs } from './detailTabs.js';

/** One layer close up, as the selection says; its tabs are those of `detailTabs`. */
export function DetailPanel(props: { readonly layer: Selection; onClose(): void }): JSX.Element {
  const row = detailRow.value;
  const current = row !== null && row.index === props.layer.index;
  const panel = useRef<HTMLElement>(null);
  const wantsFocus = detailWantsFocus.value;
  useLayoutEffect(() => {
    if (!wantsFocus) return;
    detailWantsFocus.value = false;
    panel.current!.focus();
  }, [wantsFocus]);
  return (
    <aside
      ref={panel}
      class="detail"
      tabIndex={-1}
      aria-label={t('page.detail.label', { layer: props.layer.name })}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        props.onClose();
      }}
    >
      <div class="detail-title">
        <h2 title={props.layer.name}>{props.layer.name}</h2>
        <IconButton icon="close" label={t('page.detail.close')} onClick={props.onClose} />
      </div>
      {current && <LayerDetail row={row} />}
    </aside>
  );
}

function LayerDetail({ row }: { readonly row: LayerRow }): JSX.Element {
  const panelId = useId();
  const { card } = row;
  // A tab that an older or a newer version knew is none of ours.
  const tab = detailTabs.find(({ name }) => name === pageState.value.detailTab) ?? detailTabs[0]!;
  return (
    <>
      <p class="detail-facts quiet">
        <span>{card.op}</span>
        {card.parameters > 0 && (
          <span title={count(card.parameters).exact}>
            {t('page.header.parameters', { count: count(card.parameters).text })}
          </span>
        )}
        {card.bytes > 0 && (
          <span>
            <Value figure={bytes(card.bytes)} />
          </span>
        )}
        {card.macs !== null && card.macs > 0 && (
          <span title={t('page.header.macs.exact', { count: count(card.macs).exact })}>
            {t('page.header.macs', { count: count(card.macs).text })}
          </span>
        )}
      </p>
      <TabList
        label={t('page.detail.tabs')}
        class="detail-tabs"
        tabs={detailTabs}
        chosen={tab.name}
        panelId={panelId}
        onChoose={(detailTab) => changePageState({ detailTab })}
      />
      <div id={panelId} role="tabpanel" aria-labelledby={tabId(panelId, tab.name)}>
        <tab.Content row={row} />
      </div>
      <Connections row={row} />
    </>
  );
}
