/** A metric's value as it is read. */
import type { DiagramMetric } from '../../src/protocol/diagramCalls.js';
import type { Provenance } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { bytes, count, decibels, milliseconds, picojoules, real, share } from '../format/figures.js';

const figures: Readonly<Record<DiagramMetric, (value: number) => Figure>> = {
  parameters: count,
  bytes,
  macs: count,
  zeros: share,
  range: real,
  activationBytes: bytes,
  energy: picojoules,
  time: milliseconds,
  error: decibels,
  sensitivity: real,
};

export const metricFigure = (metric: DiagramMetric, value: number): Figure => figures[metric](value);

/** How its values come about, where it is not by counting. */
export const metricProvenance: Readonly<Partial<Record<DiagramMetric, Provenance>>> = {
  energy: 'estimated',
  time: 'measured',
  error: 'measured',
};

/** As it stands on an item: nothing where it is unknown or nought. */
export function metricText(metric: DiagramMetric, value: number): string {
  if (Number.isNaN(value) || value === 0) return '';
  const { text } = metricFigure(metric, value);
  return metricProvenance[metric] === 'estimated' ? `≈ ${text}` : text;
}
