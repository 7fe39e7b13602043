import type { JSX } from 'preact';
import { Value } from '../figure.js';
import { nothing } from '../format/figures.js';
import { t } from '../format/text.js';
import type { TotalsLine } from './totals.js';

export function TotalsTable({ lines }: { readonly lines: readonly TotalsLine[] }): JSX.Element {
  return (
    <table class="totals" aria-label={t('page.compare.totals')}>
      <thead>
        <tr>
          <th scope="col">
            <span class="unseen">{t('page.compare.measure')}</span>
          </th>
          <th scope="col" class="numeric">
            {t('page.compare.before')}
          </th>
          <th scope="col" class="numeric">
            {t('page.compare.after')}
          </th>
          <th scope="col" class="numeric">
            {t('page.compare.change')}
          </th>
        </tr>
      </thead>
      {lines.map((line) => (
        <tbody key={line.id} data-line={line.id}>
          <tr>
            <th scope="row">{t(line.label)}</th>
            <td class="numeric">
              {line.before ? (
                <Value figure={line.before} provenance={line.provenance} />
              ) : (
                line.before === null && nothing
              )}
            </td>
            <td class="numeric">{line.after ? <Value figure={line.after} provenance={line.provenance} /> : nothing}</td>
            <td class="numeric change">
              {line.change.map((figure, i) => (
                <span key={i}>
                  {i > 0 && ', '}
                  <Value figure={figure} />
                </span>
              ))}
            </td>
          </tr>
          {line.note && (
            <tr class="note">
              <td colSpan={4}>{line.note}</td>
            </tr>
          )}
        </tbody>
      ))}
    </table>
  );
}
