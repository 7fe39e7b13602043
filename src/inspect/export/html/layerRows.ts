import { english, sentence } from '../../../messages/catalog.js';
import type { SentenceId } from '../../../messages/catalog.js';
import { formatBytes, formatCount, formatNumber, formatPercent } from '../../../messages/units.js';
import type { ExportedLayer } from '../layersTable.js';
import { largestWeight, shapeText } from '../layersTable.js';
import { histogramSvg } from './histogramSvg.js';
import type { Markup } from './markup.js';
import { markup } from './markup.js';

const columns: readonly { readonly title: SentenceId; readonly isNumber?: boolean }[] = [
  { title: 'inspect.html.column.index', isNumber: true },
  { title: 'inspect.html.column.layer' },
  { title: 'inspect.html.column.op' },
  { title: 'inspect.html.column.output' },
  { title: 'inspect.html.column.shape' },
  { title: 'inspect.html.column.type' },
  { title: 'inspect.html.column.parameters', isNumber: true },
  { title: 'inspect.html.column.bytes', isNumber: true },
  { title: 'inspect.html.column.share', isNumber: true },
  { title: 'inspect.html.column.macs', isNumber: true },
  { title: 'inspect.html.column.min', isNumber: true },
  { title: 'inspect.html.column.max', isNumber: true },
  { title: 'inspect.html.column.std', isNumber: true },
  { title: 'inspect.html.column.zeros', isNumber: true },
  { title: 'inspect.html.column.histogram' },
];

export function layerHead(): Markup {
  const cells = columns.map(({ title, isNumber }) => {
    const numeric = isNumber ? markup` class="number"` : null;
    return markup`<th scope="col"${numeric}>${english(sentence(title))}</th>`;
  });
  return markup`<tr>${cells}</tr>\n`;
}

/** The id of a layer's row, which findings link to. */
export const rowId = (index: number): string => `layer-${index}`;

export function layerRow({ index, card, share, figures }: ExportedLayer): Markup {
  const weight = largestWeight(card);
  const why = weight?.unreadable;
  const unreadable = english(sentence('inspect.html.unreadable'));
  const cells = [
    numberCell(index, String),
    markup`<td class="name">${card.name}</td>`,
    cell(card.op, card.domain),
    outputCell(card.outputShape ? shapeText(card.outputShape) : ''),
    cell(weight ? shapeText(weight.shape) : '', weight?.name),
    cell(weight?.dtype ?? ''),
    numberCell(card.parameters || null, formatCount),
    numberCell(card.bytes || null, formatBytes),
    numberCell(card.bytes ? share : null, (value) => formatPercent(value, 1)),
    numberCell(card.macs || null, formatCount),
    numberCell(figures?.min ?? null, formatNumber),
    numberCell(figures?.max ?? null, formatNumber),
    numberCell(figures?.std ?? null, formatNumber),
    numberCell(figures?.zeros ?? null, formatCount),
    why
      ? cell(unreadable, english(why))
      : markup`<td>${weight && figures ? histogramSvg(weight.name, figures) : null}</td>`,
  ];
  return markup`<tr id="${rowId(index)}">${cells}</tr>\n`;
}

/** Shapes of symbols may be long. */
function outputCell(shape: string): Markup {
  return shape.length < 24 ? cell(shape) : markup`<td class="long" title="${shape}">${shape}</td>`;
}

function cell(content: string, tooltip = ''): Markup {
  return tooltip === '' ? markup`<td>${content}</td>` : markup`<td title="${tooltip}">${content}</td>`;
}

/** A number for people, with the exact one to sort by and to read when pointed at. */
function numberCell(value: number | null, format: (value: number) => string): Markup {
  if (value === null) return markup`<td class="number" data-value=""></td>`;
  const text = format(value);
  if (text === String(value)) return markup`<td class="number" data-value="${value}">${text}</td>`;
  return markup`<td class="number" data-value="${value}" title="${value}">${text}</td>`;
}
