/** Numbers as people read them, the same on the command line and in the pages. Browser-safe. */

const minus = '-';

/** Three significant digits without an exponent: 1.73, 25.1, 431. */
function threeDigits(value: number): string {
  const magnitude = Math.abs(value);
  const decimals = magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0;
  return value.toFixed(decimals);
}

function scaled(value: number, units: readonly string[]): string {
  let unit = 0;
  let rest = Math.abs(value);
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  const text = unit === 0 && Number.isInteger(rest) ? String(rest) : threeDigits(rest);
  return `${value < 0 ? minus : ''}${text}${units[unit] ? ` ${units[unit]}` : ''}`;
}

/** 1730123 → `1.73 MB`; decimal units. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, ['B', 'KB', 'MB', 'GB', 'TB']);
}

/** 431080 → `431 K`. */
export function formatCount(count: number): string {
  return scaled(count, ['', 'K', 'M', 'G', 'T']);
}

/** 2000 → `2,000`. */
export function formatInteger(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** 0.989 → `98.90 %`. */
export function formatPercent(share: number, decimals = 2): string {
  return `${(share * 100).toFixed(decimals)} %`;
}

/** `0.27x`: how many times the first the second is. */
export function formatRatio(before: number, after: number): string {
  return before === 0 ? '–' : `${(after / before).toFixed(2)}x`;
}

/** A difference with its sign: `+0.15`, `-1.26 MB`. */
export function withSign(value: number, format: (value: number) => string): string {
  return value > 0 ? `+${format(value)}` : format(value);
}

/** 0.0123 s → `12.3 ms`; 75 s → `1 min 15 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 60) {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  }
  if (seconds >= 1) return `${threeDigits(seconds)} s`;
  if (seconds >= 1e-3) return `${threeDigits(seconds * 1e3)} ms`;
  return `${threeDigits(seconds * 1e6)} µs`;
}

/** Picojoules: 1.05e7 → `10.5 µJ`. */
export function formatPicojoules(picojoules: number): string {
  return scaled(picojoules, ['pJ', 'nJ', 'µJ', 'mJ', 'J', 'kJ']);
}

/** Decibels; equal signals have no noise. */
export function formatDecibels(decibels: number): string {
  return decibels === Infinity ? '∞ dB' : `${decibels.toFixed(1)} dB`;
}

/** A number of any size with four significant digits: -0.6123, 1.2e-7. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  return magnitude >= 1e-3 && magnitude < 1e5 ? Number(value.toPrecision(4)).toString() : value.toExponential(2);
}
