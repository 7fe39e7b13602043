import type { JSX } from 'preact';
import type { SentenceId } from '../../src/messages/catalog.js';
import { tableItems } from '../charts/chartExport.js';
import { svgToPng } from '../charts/chartImage.js';
import type { Figure } from '../format/figures.js';
import { t } from '../format/text.js';
import { Menu } from '../shell/menu.js';
import { saveFile } from '../state/exports.js';
import type { Part, Parts } from '../state/parts.js';
import { barsSvg } from './barsImage.js';

/** Saves bars as a table or as a picture. */
export function BarsExport(props: {
  /** Follows the model's name in the file's. */
  readonly suffix: string;
  readonly title: SentenceId;
  readonly parts: Parts | null;
  format(amount: number): Figure;
}): JSX.Element | null {
  const { suffix, title, parts, format } = props;
  if (parts === null) return null;
  const drawing = (): string => barsSvg(t(title), linesOf(parts), format);
  return (
    <Menu
      label={t('page.export.of', { what: t(title) })}
      icon="download"
      items={[
        ...tableItems(suffix, columns, () => linesOf(parts)),
        { text: t('page.export.svg'), run: () => void saveFile(`${suffix}.svg`, drawing) },
        { text: t('page.export.png'), run: () => void saveFile(`${suffix}.png`, () => svgToPng(drawing())) },
      ]}
    />
  );
}

const columns = [
  { name: 'name', cell: ({ name }: Part) => name },
  { name: 'detail', cell: ({ detail }: Part) => detail },
  { name: 'amount', cell: ({ amount }: Part) => amount },
  { name: 'share', cell: ({ share }: Part) => share },
];

/** The parts and, as the last, the rest. */
function linesOf({ parts, rest }: Parts): Part[] {
  if (rest === null) return [...parts];
  return [...parts, { ...rest, name: t('page.overview.rest', { count: rest.count }), detail: '' }];
}
