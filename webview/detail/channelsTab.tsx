import type { JSX } from 'preact';
import type { LayerRow } from '../../src/protocol/engineService.js';
import { t } from '../format/text.js';
import { ChannelsChart } from './channels.js';
import { range } from './clippingState.js';
import { MeasuredWeight } from './measuredWeight.js';

/** The ranges of a weight's channels. */
export function ChannelsTab({ row }: { readonly row: LayerRow }): JSX.Element {
  return (
    <MeasuredWeight
      row={row}
      show={({ weight, channels }) =>
        channels && channels.count > 1 ? (
          <ChannelsChart weight={weight} channels={channels} range={range.value} />
        ) : (
          <p class="quiet tab-empty">{t('page.detail.channels.none')}</p>
        )
      }
    />
  );
}
