import type { JSX } from 'preact';
import type { TableColumn } from '../../src/inspect/export/table.js';
import { csvTable, jsonTable } from '../../src/inspect/export/table.js';
import { t } from '../format/text.js';
import { Menu } from '../shell/menu.js';
import type { MenuItem } from '../shell/menuList.js';
import { saveFile } from '../state/exports.js';
import { chartSvg, svgToPng } from './chartImage.js';

/** Finds the chart at the moment when it is saved. */
export type FindChart = () => SVGSVGElement | null | undefined;

/** Entries of a menu that save a chart as a picture; `suffix` follows the model's name in the file's. */
export function pictureItems(suffix: string, find: FindChart): MenuItem[] {
  const drawing = (): string => {
    const chart = find();
    if (!chart) throw new Error(`no chart for ${suffix}`);
    return chartSvg(chart);
  };
  return [
    { text: t('page.export.svg'), run: () => void saveFile(`${suffix}.svg`, drawing) },
    { text: t('page.export.png'), run: () => void saveFile(`${suffix}.png`, () => svgToPng(drawing())) },
  ];
}

/** Entries of a menu that save a table which the page has whole. */
export function tableItems<Row>(
  suffix: string,
  columns: readonly TableColumn<Row>[],
  rows: () => Iterable<Row>,
): MenuItem[] {
  const save = (format: 'csv' | 'json', table: typeof csvTable) => ({
    text: t(`page.export.${format}`),
    run: () => void saveFile(`${suffix}.${format}`, () => [...table(columns, rows())].join('')),
  });
  return [save('csv', csvTable), save('json', jsonTable)];
}

/** ⤓ beside a chart. */
export function ChartExport(props: {
  readonly label: string;
  readonly suffix: string;
  readonly find: FindChart;
  /** What else the chart can be saved as, before the pictures. */
  readonly items?: readonly MenuItem[];
}): JSX.Element {
  return (
    <Menu
      label={props.label}
      icon="download"
      items={[...(props.items ?? []), ...pictureItems(props.suffix, props.find)]}
    />
  );
}
