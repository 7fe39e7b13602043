import type { JSX } from 'preact';
import { formatNumber } from '../../src/messages/units.js';
import { t } from '../format/text.js';

/** The grid of real numbers that integers from `first` to `last` stand for. */
export interface AffineGrid {
  readonly scale: number;
  /** The integer of zero. */
  readonly zeroPoint: number;
  readonly first: number;
  readonly last: number;
}

/**
 * The same grid by both sets of parameters that the field uses: scale and zero point with the greatest integer, and scale
 * with the least and the greatest real number. (Jacob et al. 2018, section 2.1; Krishnamoorthi 2018, section 2.)
 */
export function ParameterSets({ grid }: { readonly grid: AffineGrid }): JSX.Element {
  const { scale, zeroPoint, first, last } = grid;
  const [min, max] = [scale * (first - zeroPoint), scale * (last - zeroPoint)];
  return (
    <section class="parameter-sets" aria-label={t('page.detail.parameters')}>
      <h3>{t('page.detail.parameters')}</h3>
      <dl>
        <dt>{t('page.detail.parameters.offset')}</dt>
        <dd>
          <code>{offsetFormula(first, last)}</code>
          <Numbers
            numbers={[
              ['S', scale],
              ['Z', zeroPoint],
              [t('page.detail.parameters.greatest'), last],
            ]}
          />
        </dd>
        <dt>{t('page.detail.parameters.range')}</dt>
        <dd>
          <code>{rangeFormula(last - first)}</code>
          <Numbers
            numbers={[
              ['S', scale],
              ['min', min],
              ['max', max],
            ]}
          />
        </dd>
      </dl>
    </section>
  );
}

const offsetFormula = (first: number, last: number): string =>
  `r = S · (q - Z), q = clamp(round(r / S) + Z, ${first}, ${last})`;

const rangeFormula = (steps: number): string => `S = (max - min) / ${steps}, r = min + S · k, k = 0 … ${steps}`;

function Numbers({ numbers }: { readonly numbers: readonly (readonly [string, number])[] }): JSX.Element {
  return (
    <p class="parameter-numbers">
      {numbers.map(([name, value]) => (
        <span key={name} title={String(value)} data-exact={String(value)}>
          {name} = {formatNumber(value)}
        </span>
      ))}
    </p>
  );
}
