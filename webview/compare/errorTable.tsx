import type { JSX } from 'preact';
import { Value } from '../figure.js';
import { decibels } from '../format/figures.js';
import { t } from '../format/text.js';
import { LayerName } from '../layerName.js';
import type { ErrorLine } from '../state/errors.js';

/** More are only listed in the table of layers, which can be sorted by them. */
const mostRows = 100;

/** The plot in words: all layers along the graph, or of very many those with the least local SQNR. */
export function ErrorTable(props: { readonly line: ErrorLine; onSelect(point: number): void }): JSX.Element {
  const { names, local, cumulative } = props.line;
  const all = names.map((_, i) => i);
  const isCut = all.length > mostRows;
  const shown = isCut ? all.sort((i, j) => (local[i] ?? NaN) - (local[j] ?? NaN)).slice(0, mostRows) : all;
  return (
    <table class="plain" aria-label={t('page.compare.errors.chart')}>
      {isCut && <caption>{t('page.compare.errors.worstOf', { count: mostRows, all: names.length })}</caption>}
      <thead>
        <tr>
          <th scope="col">{t('page.layers.name')}</th>
          <th scope="col" class="numeric">
            {t('page.compare.local')}
          </th>
          <th scope="col" class="numeric">
            {t('page.compare.cumulative')}
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((point) => (
          <tr key={point}>
            <th scope="row">
              <button class="link" onClick={() => props.onSelect(point)}>
                <LayerName name={names[point]!} />
              </button>
            </th>
            <td class="numeric">
              <Value figure={decibels(local[point])} provenance="measured" />
            </td>
            <td class="numeric">
              <Value figure={decibels(cumulative[point])} provenance="measured" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
