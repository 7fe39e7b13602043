/** Figures of the pages: what is read (three significant digits, a unit) and the exact value for tooltip and copy. */
import {
  formatBytes,
  formatCount,
  formatDecibels,
  formatInteger,
  formatNumber,
  formatPercent,
  formatPicojoules,
  formatSeconds,
  withSign,
} from '../../src/messages/units.js';
import { t } from './text.js';

export interface Figure {
  readonly text: string;
  readonly exact: string;
}

/** What stands where nothing is known. */
export const nothing = '–';

const figure =
  (text: (value: number) => string, exact: (value: number) => string) =>
  (value: number | null | undefined): Figure => {
    if (value === null || value === undefined || Number.isNaN(value))
      return { text: nothing, exact: t('page.unknown') };
    if (!Number.isFinite(value)) return { text: value < 0 ? '-∞' : '∞', exact: String(value) };
    return { text: text(value), exact: exact(value) };
  };

/** Free of the noise of binary fractions: 0.1 + 0.2 is 0.3. */
const exactly = (value: number): string => (Number.isInteger(value) ? formatInteger(value) : String(tidy(value)));
const tidy = (value: number): number => Number(value.toPrecision(12));

/** A count: 520, 25.1 K, 2.29 M. */
export const count = figure(formatCount, exactly);

/** A count that is read to the last digit: 8,000. */
export const whole = figure(formatInteger, exactly);

/** Bytes, decimal units: 520 B, 1.73 MB. */
export const bytes = figure(formatBytes, (value) => t('page.bytes', { count: formatInteger(value) }));

/** A real number with four significant digits: 0.6132, -12.4, 1.20e-7. */
export const real = figure(formatNumber, String);

/** A real number in a column: three significant digits, trailing zeros kept, so that points stand below each other. */
export const inColumn = figure((value) => {
  const magnitude = Math.abs(value);
  if (value === 0 || magnitude < 1e-3 || magnitude >= 1e5) return formatNumber(value);
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(Number(magnitude.toPrecision(3))))));
}, String);

/** A duration given in milliseconds. */
export const milliseconds = figure(
  (value) => formatSeconds(value / 1000),
  (value) => t('page.milliseconds', { value: String(tidy(value)) }),
);

/** An energy given in picojoules. */
export const picojoules = figure(formatPicojoules, (value) => t('page.picojoules', { value: String(tidy(value)) }));

export const decibels = figure(formatDecibels, (value) => t('page.decibels', { value: String(value) }));

export const ratio = figure(
  (value) => `${value.toFixed(2)}x`,
  (value) => `${tidy(value)}x`,
);

const exactPercent = (value: number): string => `${tidy(value * 100)} %`;

/** A share of 0..1 as a percentage of one decimal. A share that is not zero never shows as zero. */
export const share = figure(
  (value) => (value > 0 && value < 0.0005 ? '<0.1 %' : formatPercent(value, 1)),
  exactPercent,
);

/** An accuracy or agreement of 0..1: 98.90 %. */
export const accuracy = figure((value) => formatPercent(value, 2), exactPercent);

/** A difference of two shares: -0.15 points. */
export const points = figure(
  (value) => t('page.points', { value: withSign(value * 100, (number) => number.toFixed(2)) }),
  (value) => t('page.points', { value: withSign(tidy(value * 100), String) }),
);

/** A difference, with its sign. */
export function difference(from: number, to: number, format: (value: number) => Figure): Figure {
  const value = to - from;
  const { text, exact } = format(value);
  return value > 0 ? { text: `+${text}`, exact: `+${exact}` } : { text, exact };
}

/** A time that is left, in seconds, no finer than it can be known: 8 s, 2 min, 1 h 10 min. */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return formatSeconds(Math.max(1, Math.round(seconds))).replace(/\.\d+/, '');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t('page.minutes', { minutes });
  return t('page.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** A shape: 50×20×5×5. Symbols by name, unknown sizes as `?`. */
export function shape(sizes: readonly (number | string | null)[] | null): string {
  if (sizes === null) return nothing;
  if (sizes.length === 0) return t('page.scalar');
  return sizes.map((size) => size ?? '?').join('×');
}

/** A value's type as `float32[batch,1,28,28]`. */
export function valueType(dtype: string | null, sizes: readonly (number | string | null)[] | null): string {
  return `${dtype ?? '?'}${sizes === null ? '' : `[${sizes.map((size) => size ?? '?').join(',')}]`}`;
}
