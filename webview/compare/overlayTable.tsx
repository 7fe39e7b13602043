import type { JSX } from 'preact';
import type { ComparedWeights } from '../../src/protocol/engineService.js';
import { binEdges, rebin } from '../../src/tensor/histogram.js';
import { Value } from '../figure.js';
import { count, inColumn, nothing } from '../format/figures.js';
import { t } from '../format/text.js';

const tableBins = 32;

/** Both histograms in words, in few enough bins to be heard or read to the end. */
export function OverlayTable({ weights }: { readonly weights: ComparedWeights }): JSX.Element {
  const { min, max } = weights;
  const edges = binEdges(min, max, tableBins);
  const columns = [weights.a, weights.b].map(
    (weight) => weight && rebin({ min, max, counts: weight.counts }, tableBins).counts,
  );
  const titles = [t('page.detail.from'), t('page.detail.to'), t('page.compare.before'), t('page.compare.after')];
  return (
    <table class="plain">
      <thead>
        <tr>
          {titles.map((title) => (
            <th key={title} scope="col" class="numeric">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {Array.from({ length: tableBins }, (_, i) => (
          <tr key={i}>
            <td class="numeric">{inColumn(edges[i]!).text}</td>
            <td class="numeric">{inColumn(edges[i + 1]!).text}</td>
            {columns.map((counts, column) => (
              <td key={column} class="numeric">
                {counts ? <Value figure={count(counts[i]!)} /> : nothing}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
