import type { JSX } from 'preact';
import { t } from '../format/text.js';
import { Menu } from '../shell/menu.js';
import { changePageState, pageState } from '../state/pageState.js';
import { isChosen, switchColumn } from './columnChoice.js';
import { layerColumns } from './columns.js';

/** Shows and hides columns of the layer table. */
export function ColumnsMenu(): JSX.Element {
  const { columns: choices } = pageState.value;
  const items = layerColumns
    .filter(({ byDefault }) => byDefault !== undefined)
    .map((column) => ({
      text: t(column.name ?? column.title),
      checked: isChosen(column, choices),
      run: () => changePageState({ columns: switchColumn(column, pageState.peek().columns) }),
    }));
  const reset = { text: t('page.layers.columns.reset'), run: () => changePageState({ columns: {} }) };
  const changed = Object.keys(choices).length > 0;
  return <Menu label={t('page.layers.columns')} icon="split-horizontal" items={changed ? [...items, reset] : items} />;
}
