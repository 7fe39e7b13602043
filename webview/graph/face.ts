/** What is written on an item. Pure. */
import type { DiagramItem } from '../../src/protocol/diagramCalls.js';
import { formatInteger } from '../../src/messages/units.js';
import { t } from '../format/text.js';

export interface Face {
  /** The first line, in bold: the operator of a node, the name of what holds others. */
  readonly title: string;
  readonly lines: readonly string[];
}

export const isNode = ({ kind }: DiagramItem): boolean => kind === 'node' || kind === 'input' || kind === 'output';

export function faceOf(item: DiagramItem): Face {
  const mark = item.expandable ? (item.expanded ? '▾ ' : '▸ ') : '';
  const inside = isNode(item) || item.nodes === 0 ? '' : t('page.graph.nodes', { count: formatInteger(item.nodes) });
  const repeats = item.repeats > 1 ? ` ×${item.repeats}` : '';
  const named = item.op !== '' && item.name !== '' && item.name !== item.op;
  const title = `${mark}${item.op === '' || item.expanded ? item.name || item.op : item.op}${repeats}`;
  if (item.expanded) return { title: inside === '' ? title : `${title} · ${inside}`, lines: [] };
  return { title, lines: [named ? item.name : '', item.detail, inside].filter((line) => line !== '') };
}
