import type { JSX } from 'preact';
import { t } from '../format/text.js';
import { Menu } from '../shell/menu.js';
import { exportFile } from '../state/exports.js';
import { pageState } from '../state/pageState.js';

/** Saves the table of layers, as it is sorted and filtered. */
export function LayersExportMenu(): JSX.Element {
  const save = (format: 'csv' | 'json') => (): void => {
    const { search, sortBy, descending, weightsOnly } = pageState.peek().query;
    exportFile({ what: 'layers', format, query: { search, sortBy, descending, weightsOnly } });
  };
  return (
    <Menu
      label={t('page.export.layers')}
      icon="download"
      items={[
        { text: t('page.export.csv'), run: save('csv') },
        { text: t('page.export.json'), run: save('json') },
      ]}
    />
  );
}
