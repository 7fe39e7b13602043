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
  const alike = repeats > 1 ? `${t('page.graph.alike', { count: repeats })} · ` : '';
  const inside = isSingle(item) && !expandable ? '' : `${alike}${nodesText(item)}`;
  if (op === '' || expanded) {
    const title = `${mark}${op === '' || name === '' ? name || op : `${op} ${name}`}`;
    return { title, aside: inside, line: expanded ? '' : detail };
  }
  return { title: `${mark}${op}`, aside: detail, line: name === op ? '' : name };
}
