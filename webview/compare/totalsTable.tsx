import type { JSX } from 'preact';
import { Value } from '../figure.js';
import { nothing } from '../format/figures.js';
import { t } from '../format/text.js';
import type { TotalsLine } from './totals.js';

/** Of a model alone there is neither an original nor a change. */
export function TotalsTable({ lines }: { readonly lines: readonly TotalsLine[] }): JSX.Element {
  const alone = lines.length > 0 && lines.every(({ before, change }) => !before && change.length === 0);
  return (
    <table class={`totals${alone ? ' alone' : ''}`} aria-label={t('page.compare.totals')}>
      <thead>
        <tr>
          <th scope="col">
            <span class="unseen">{t('page.compare.measure')}</span>
          </th>
          {!alone && (
            <th scope="col" class="numeric">
              {t('page.compare.before')}
            </th>
          )}
          <th scope="col" class="numeric">
            {t('page.compare.after')}
          </th>
          {!alone && (
            <th scope="col" class="numeric">
              {t('page.compare.change')}
            </th>
          )}
        </tr>
      </thead>
      {lines.map((line) => (
        <tbody key={line.id} data-line={line.id}>
          <tr>
            <th scope="row">{t(line.label, line.labelParams)}</th>
            {!alone && (
              <td class="numeric">
                {line.before ? (
                  <Value figure={line.before} provenance={line.provenance} />
                ) : (
                  line.before === null && nothing
                )}
              </td>
            )}
            <td class="numeric">{line.after ? <Value figure={line.after} provenance={line.provenance} /> : nothing}</td>
            {!alone && (
              <td class="numeric change">
                {line.change.map((figure, i) => (
                  <span key={i}>
                    {i > 0 && ', '}
                    <Value figure={figure} />
                  </span>
                ))}
              </td>
            )}
          </tr>
          {line.note && (
            <tr class="note">
              <td colSpan={alone ? 2 : 4}>{line.note}</td>
            </tr>
          )}
        </tbody>
      ))}
    </table>
  );
}
