/** From a metric's values to how strongly items are filled. Pure. */
import type { DiagramMetric } from '../../src/protocol/diagramCalls.js';

export interface Scale {
  readonly kind: 'linear' | 'logarithmic';
  /** What fills an item least and most; a metric of which less is worse runs downwards. */
  readonly from: number;
  readonly to: number;
}

/** Metrics that span magnitudes; the others are shares and decibels. */
const logarithmic: ReadonlySet<DiagramMetric> = new Set<DiagramMetric>([
  'parameters',
  'bytes',
  'macs',
  'range',
  'activationBytes',
  'energy',
  'time',
]);
/** Of a signal-to-noise ratio, the least is what a person looks for. */
const lessIsWorse: ReadonlySet<DiagramMetric> = new Set<DiagramMetric>(['error']);
/** What is smaller than the greatest by more than this is filled like nothing. */
const magnitudes = 1e6;

/** The scale of values, of which some may be NaN; null where none is a finite number. */
export function scaleOf(metric: DiagramMetric, values: Float64Array): Scale | null {
  let least = Infinity;
  let greatest = -Infinity;
  const log = logarithmic.has(metric);
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (least > greatest) return null;
  if (log) return { kind: 'logarithmic', from: Math.max(least, greatest / magnitudes), to: greatest };
  if (metric === 'zeros') return { kind: 'linear', from: 0, to: 1 };
  return {
    kind: 'linear',
    ...(lessIsWorse.has(metric) ? { from: greatest, to: least } : { from: least, to: greatest }),
  };
}

/** Of what is least on a logarithmic scale: nought is nothing, and looks so. */
export const faintest = 0.1;

/** 0 to 1; NaN where the value is unknown. */
export function levelOf(value: number, { kind, from, to }: Scale): number {
  if (Number.isNaN(value)) return NaN;
  if (kind === 'logarithmic') {
    if (value <= 0) return 0;
    return from === to ? 1 : faintest + (1 - faintest) * clamp(Math.log(value / from) / Math.log(to / from));
  }
  return from === to ? 1 : clamp((value - from) / (to - from));
}

const clamp = (part: number): number => Math.max(0, Math.min(1, part));

export function levelsOf(values: Float64Array, scale: Scale | null): Float32Array {
  return Float32Array.from(values, (value) => (scale === null ? NaN : levelOf(value, scale)));
}

/** Opacity of the fill: at the strongest the text on it is still easy to read. */
export const opacityOf = (level: number): number => (level >= 0 ? 0.44 * level : 0);
