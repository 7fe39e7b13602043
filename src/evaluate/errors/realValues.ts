import { copyModel } from '../../graph/copy.js';
import type { Model } from '../../graph/model.js';
import { Names } from '../../graph/names.js';
import { Node } from '../../graph/node.js';
import type { IntegerGrid } from './integerGrid.js';

/** A copy of a model in which each of some integer values is also there as the real numbers it stands for, and their names. */
export function withRealValues(
  model: Model,
  grids: ReadonlyMap<string, IntegerGrid>,
): { readonly model: Model; readonly names: ReadonlyMap<string, string> } {
  if (grids.size === 0) return { model, names: new Map() };
  const copy = copyModel(model);
  const fresh = new Names(copy);
  const names = new Map<string, string>();
  for (const [value, { scale, zeroPoint, domain }] of grids) {
    const real = fresh.value(`${value}_real`);
    const inputs = [value, scale, ...(zeroPoint === '' ? [] : [zeroPoint])];
    copy.graph.add(new Node({ opType: 'DequantizeLinear', domain, inputs, outputs: [real] }));
    names.set(value, real);
  }
  return { model: copy, names };
}
