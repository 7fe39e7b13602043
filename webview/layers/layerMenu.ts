import type { LayerRow } from '../../src/protocol/engineService.js';
import { t } from '../format/text.js';
import { openContextMenu } from '../shell/contextMenu.js';
import type { MenuItem } from '../shell/menuList.js';
import { openDetail } from '../state/detailFocus.js';
import { exportTensor } from '../state/exports.js';
import { isGroup, layerRows, toggleGroup } from '../state/layerRows.js';
import { changePageState } from '../state/pageState.js';
import { copyText } from '../state/session.js';
import { mainWeight } from './columns.js';

/** What can be done with the row of the layer table that was pointed at. */
export function openLayerMenu(position: number, point: { readonly x: number; readonly y: number }): void {
  const row = layerRows.row(position);
  if (!row) return;
  const name = isGroup(row) ? row.group.key : row.card.name;
  const items = isGroup(row) ? groupItems(name, position) : layerItems(row);
  openContextMenu(t('page.layers.menu', { layer: name }), items, point);
}

function layerItems(row: LayerRow): MenuItem[] {
  const { index, card } = row;
  const selection = { index, name: card.name };
  const weight = mainWeight(row);
  const items = [
    { text: t('page.layers.menu.detail'), run: () => openDetail(selection) },
    { text: t('page.layers.menu.graph'), run: () => changePageState({ selection, page: 'graph' }) },
    { text: t('page.layers.menu.copy'), run: () => copyText(card.name) },
  ];
  if (weight && !weight.unreadable) {
    items.push({ text: t('page.export.tensor'), run: () => exportTensor(index, weight.name, false) });
  }
  return items;
}

function groupItems(name: string, position: number): MenuItem[] {
  return [
    { text: t('page.layers.menu.toggle'), run: () => toggleGroup(position) },
    { text: t('page.layers.menu.copy'), run: () => copyText(name) },
  ];
}
