/** What is written on an item. Pure. */
import type { DiagramItem } from '../../src/protocol/diagramCalls.js';
import { formatInteger } from '../../src/messages/units.js';
import { t } from '../format/text.js';

export interface Face {
  /** In bold: the operator of a node, the name of anything else. */
  readonly title: string;
  /** After the title, or above the second line's end. */
  readonly aside: string;
  readonly line: string;
}

/** Whether it is one thing, and not something that holds others. */
export const isSingle = ({ kind }: DiagramItem): boolean => kind === 'node' || kind === 'input' || kind === 'output';

/** `12 nodes`. */
export const nodesText = ({ nodes }: DiagramItem): string =>
  nodes === 1 ? t('page.graph.node') : t('page.graph.nodes', { count: formatInteger(nodes) });

export function faceOf(item: DiagramItem): Face {
  const { op, name, detail, expandable, expanded, repeats } = item;
  const mark = expandable ? (expanded ? '▾ ' : '▸ ') : '';
  const times = repeats > 1 ? ` ×${repeats}` : '';
  const inside = isSingle(item) && !expandable ? '' : nodesText(item);
  if (op === '' || expanded) {
    const title = `${mark}${op === '' || name === '' ? name || op : `${op} ${name}`}${times}`;
    if (expanded) return { title, aside: inside, line: '' };
    return inside === '' ? { title, aside: '', line: detail } : { title, aside: inside, line: detail };
  }
  return { title: `${mark}${op}${times}`, aside: detail, line: name === op ? '' : name };
}
