import type { JSX } from 'preact';
import { formatNumber } from '../../src/messages/units.js';
import { Value } from '../figure.js';
import { decibels, share } from '../format/figures.js';
import { t } from '../format/text.js';
import { calibrated, range, takeRange } from './clippingState.js';

/** The clipping ranges that methods of calibration would choose, each to be taken. */
export function CalibratorTable(): JSX.Element {
  const current = range.value;
  return (
    <table class="plain calibrator-table" aria-label={t('page.detail.calibrators')}>
      <thead>
        <tr>
          <th scope="col">{t('page.detail.calibrators.method')}</th>
          <th scope="col" class="numeric">
            {t('page.detail.clip.range')}
          </th>
          <th scope="col" class="numeric">
            {t('page.detail.clipped')}
          </th>
          <th scope="col" class="numeric">
            {t('page.detail.sqnr')}
          </th>
        </tr>
      </thead>
      <tbody>
        {calibrated.value.map(({ title, range: ends, effect }) => {
          const chosen = current !== null && current[0] === ends[0] && current[1] === ends[1];
          return (
            <tr key={title} class={chosen ? 'chosen' : ''}>
              <th scope="row">
                <button class="link" aria-pressed={chosen} onClick={() => takeRange(ends)}>
                  {t(title)}
                </button>
              </th>
              <td class="numeric" title={`${ends[0]} … ${ends[1]}`}>
                {formatNumber(ends[0])} … {formatNumber(ends[1])}
              </td>
              <td class="numeric">
                <Value figure={share(effect.clippedLow + effect.clippedHigh)} />
              </td>
              <td class="numeric">
                <Value figure={decibels(effect.sqnrDb)} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
