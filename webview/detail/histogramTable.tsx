import type { JSX } from 'preact';
import type { SentenceId } from '../../src/messages/catalog.js';
import type { Histogram } from '../../src/tensor/histogram.js';
import { gatherBins } from '../../src/tensor/growingHistogram.js';
import { binEdges } from '../../src/tensor/histogram.js';
import { count, inColumn, share } from '../format/figures.js';
import { t } from '../format/text.js';
import { Value } from '../figure.js';

const tableBins = 32;

/** The histogram in words, in few enough bins to be heard or read to the end. */
export function HistogramTable(props: { readonly histogram: Histogram; readonly counted: SentenceId }): JSX.Element {
  const { min, max, counts } = gatherBins(props.histogram, tableBins);
  const edges = binEdges(min, max, counts.length);
  const bins = Array.from(counts);
  const total = bins.reduce((sum, bin) => sum + bin, 0);
  return (
    <table class="plain">
      <thead>
        <tr>
          <th scope="col" class="numeric">
            {t('page.detail.from')}
          </th>
          <th scope="col" class="numeric">
            {t('page.detail.to')}
          </th>
          <th scope="col" class="numeric">
            {t(props.counted)}
          </th>
          <th scope="col" class="numeric">
            {t('page.layers.share')}
          </th>
        </tr>
      </thead>
      <tbody>
        {bins.map((bin, i) => (
          <tr key={i}>
            <td class="numeric">{inColumn(edges[i]!).text}</td>
            <td class="numeric">{inColumn(edges[i + 1]!).text}</td>
            <td class="numeric">
              <Value figure={count(bin)} />
            </td>
            <td class="numeric">
              <Value figure={share(total > 0 ? bin / total : 0)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
