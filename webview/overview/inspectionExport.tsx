import type { JSX } from 'preact';
import { t } from '../format/text.js';
import { Menu } from '../shell/menu.js';
import { exportFile } from '../state/exports.js';

/** Saves all that is known of the model. */
export function InspectionExport(): JSX.Element {
  return (
    <Menu
      label={t('page.export.inspection')}
      icon="download"
      items={[
        { text: t('page.export.html'), run: () => exportFile({ what: 'inspection', format: 'html' }) },
        { text: t('page.export.json'), run: () => exportFile({ what: 'inspection', format: 'json' }) },
        { text: t('page.export.nodeData'), run: () => exportFile({ what: 'nodeData' }) },
      ]}
    />
  );
}
