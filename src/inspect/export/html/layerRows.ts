import { english, sentence } from '../../../messages/catalog.js';
import type { SentenceId } from '../../../messages/catalog.js';
import { formatBytes, formatCount, formatNumber, formatPercent } from '../../../messages/units.js';
import type { ExportedLayer } from '../layersTable.js';
import { largestWeight, shapeText } from '../layersTable.js';
import { histogramSvg } from './histogramSvg.js';
import type { Markup } from './markup.js';
import { html } from './markup.js';

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

export const layerHead = (): Markup =>
  html`<tr>
    ${columns.map(({ title, isNumber }) => {
      const text = english(sentence(title));
      return isNumber ? html`<th scope="col" class="number">${text}</th>` : html`<th scope="col">${text}</th>`;
    })}
  </tr>`;

/** The id of a layer's row, which findings link to. */
export const rowId = (index: number): string => `layer-${index}`;

export function layerRow({ index, card, share, figures }: ExportedLayer): Markup {
  const weight = largestWeight(card);
  const why = weight?.unreadable;
  return html`<tr id="${rowId(index)}">${numberCell(index, String)}<td class="name">${card.name}</td><td${
    card.domain === '' ? null : html` title="${card.domain}"`
  }>${card.op}</td><td>${card.outputShape ? shapeText(card.outputShape) : null}</td><td${
    weight ? html` title="${weight.name}"` : null
  }>${weight ? shapeText(weight.shape) : null}</td><td>${weight?.dtype ?? null}</td>${[
    numberCell(card.parameters || null, formatCount),
    numberCell(card.bytes || null, formatBytes),
    numberCell(card.bytes ? share : null, (value) => formatPercent(value, 1)),
    numberCell(card.macs || null, formatCount),
    numberCell(figures?.min ?? null, formatNumber),
    numberCell(figures?.max ?? null, formatNumber),
    numberCell(figures?.std ?? null, formatNumber),
    numberCell(figures?.zeros ?? null, formatCount),
  ]}<td${why ? html` title="${english(why)}"` : null}>${
    why ? english(sentence('inspect.html.unreadable')) : weight && figures ? histogramSvg(weight.name, figures) : null
  }</td></tr>
`;
}

/** A number for people, with the exact one to sort by and to read when pointed at. */
function numberCell(value: number | null, format: (value: number) => string): Markup {
  if (value === null) return html`<td class="number" data-value=""></td>`;
  const text = format(value);
  if (text === String(value)) return html`<td class="number" data-value="${value}">${text}</td>`;
  return html`<td class="number" data-value="${value}" title="${value}">${text}</td>`;
}
