import type { JSX } from 'preact';
import type { ClippingEffect } from '../../src/inspect/clipping.js';
import { formatNumber } from '../../src/messages/units.js';
import { Button, Checkbox, Dropdown } from '../controls.js';
import type { Provenance } from '../figure.js';
import { Value } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { count, decibels, real, share } from '../format/figures.js';
import { t } from '../format/text.js';
import { bitWidths, changePageState, pageState } from '../state/pageState.js';
import { CalibratorTable } from './calibratorTable.js';
import { effectOfRange, isRangeSet, range } from './clippingState.js';
import { Disclosure } from './disclosure.js';
import type { AffineGrid } from './parameterSets.js';
import { ParameterSets } from './parameterSets.js';
import { useRangeInForm } from './rangeInForm.js';

/** What the clipping range does to the weight, at the bit width that is chosen. */
export function ClippingFigures({ channels }: { readonly channels: boolean }): JSX.Element | null {
  const effect = effectOfRange.value;
  const ends = range.value;
  const choice = pageState.value.clipping;
  if (effect === null || ends === null) return null;
  const change = (clipping: Partial<typeof choice>): void => changePageState({ clipping: { ...choice, ...clipping } });
  return (
    <section class="clipping" aria-label={t('page.detail.clipping')}>
      <div class="clipping-choice">
        <Dropdown
          label={t('page.detail.bits')}
          class="bits"
          value={String(choice.bits)}
          options={bitWidths.map((bits) => ({ value: String(bits), text: t('page.detail.bits.value', { bits }) }))}
          onChange={(bits) => change({ bits: Number(bits) })}
        />
        <Checkbox checked={choice.symmetric} onChange={(symmetric) => change({ symmetric })}>
          {t('page.detail.symmetric')}
        </Checkbox>
        {channels && (
          <Checkbox checked={choice.perChannel} onChange={(perChannel) => change({ perChannel })}>
            {t('page.detail.perChannel')}
          </Checkbox>
        )}
      </div>
      <dl class="figures">
        <Entry label={t('page.detail.clip.range')} figure={rangeFigure(ends)} />
        <Entry label={t('page.detail.step')} figure={stepFigure(effect)} />
        <Entry label={t('page.detail.zeroPoint')} figure={zeroPointFigure(effect)} />
        <Entry
          label={t('page.detail.clipped')}
          figure={share(effect.clippedLow + effect.clippedHigh)}
          provenance="estimated"
        />
        <Entry label={t('page.detail.sqnr')} figure={decibels(effect.sqnrDb)} provenance="estimated" />
        <Entry
          label={t('page.detail.unused')}
          figure={{
            text: t('page.detail.unused.of', {
              unused: count(effect.unusedCodes).text,
              codes: count(effect.codes).text,
            }),
            exact: t('page.detail.unused.of', { unused: effect.unusedCodes, codes: effect.codes }),
          }}
          provenance="estimated"
        />
      </dl>
      <CalibratorTable />
      {isRangeSet.value && (
        <p class="range-use">
          <Button onClick={useRangeInForm}>{t('page.detail.useRange')}</Button>
        </p>
      )}
      {effect.zeroPoint !== null && (
        <Disclosure title={t('page.detail.parameters')}>
          {() => <ParameterSets grid={gridOf(effect, choice.symmetric)} />}
        </Disclosure>
      )}
    </section>
  );
}

const rangeFigure = ([low, high]: readonly [number, number]): Figure => ({
  text: `${formatNumber(low)} … ${formatNumber(high)}`,
  exact: `${low} … ${high}`,
});

/** The grid of the clipping range, codes from 0 on where it is not symmetric. */
function gridOf({ scale, zeroPoint, codes }: ClippingEffect, symmetric: boolean): AffineGrid {
  const last = symmetric ? (codes - 1) / 2 : codes - 1;
  return { scale, zeroPoint: zeroPoint ?? 0, first: symmetric ? -last : 0, last };
}

function stepFigure({ scale, narrowestScale }: ClippingEffect): Figure {
  if (scale === narrowestScale) return real(scale);
  return {
    text: `${formatNumber(narrowestScale)} … ${formatNumber(scale)}`,
    exact: `${narrowestScale} … ${scale}`,
  };
}

function zeroPointFigure({ zeroPoint }: ClippingEffect): Figure {
  if (zeroPoint === null) return { text: t('page.detail.zeroPoint.each'), exact: t('page.detail.zeroPoint.each') };
  return { text: String(zeroPoint), exact: String(zeroPoint) };
}

function Entry(props: {
  readonly label: string;
  readonly figure: Figure;
  readonly provenance?: Provenance;
}): JSX.Element {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        <Value figure={props.figure} provenance={props.provenance} />
      </dd>
    </div>
  );
}
