/** An item in words, for tooltips and screen readers. */
import type { DiagramItem } from '../../src/protocol/diagramCalls.js';
import { t } from '../format/text.js';
import { isSingle, nodesText } from './face.js';
import type { Measured } from './graphState.js';
import { metricFigure } from './metricFigure.js';
import type { Scene } from './scene.js';

export const titleOf = ({ kind, op, name }: DiagramItem): string =>
  [op === '' ? t(`page.graph.kind.${kind}`) : op, name].filter((word) => word !== '').join(' ');

/** What is known of it, each a phrase. */
export function factsOf(item: DiagramItem, value: number, measured: Measured | null): string[] {
  const facts: string[] = [];
  if (item.detail !== '') facts.push(item.detail);
  if (!isSingle(item) || item.expandable) facts.push(nodesText(item));
  if (item.repeats > 1) facts.push(t('page.graph.repeats', { count: item.repeats }));
  if (measured && !Number.isNaN(value)) {
    const { text, exact } = metricFigure(measured.metric, value);
    facts.push(`${t(`page.graph.metric.${measured.metric}`)}: ${text === exact ? text : `${text} (${exact})`}`);
  }
  return facts;
}

/** The whole of it, as it is said when one comes to it. */
export function spoken(scene: Scene, at: number, measured: Measured | null): string {
  const item = scene.items[at]!;
  const words = [titleOf(item), ...factsOf(item, measured?.values[at] ?? NaN, measured)];
  if (item.expandable) words.push(t(item.expanded ? 'page.graph.expanded' : 'page.graph.collapsed'));
  words.push(t('page.graph.edges', { into: scene.into(at).length, outOf: scene.outOf(at).length }));
  return words.join(', ');
}
