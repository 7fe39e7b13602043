/** By what layers are gathered. Browser-safe. */
import type { LayerCard } from '../inspect/inspection.js';
import type { LayerGrouping } from '../protocol/engineService.js';

/** The groups that hold a layer, by their own names, the outermost first. */
export function groupPath({ name, op }: Pick<LayerCard, 'name' | 'op'>, groupBy: LayerGrouping): string[] {
  if (groupBy === 'none') return [];
  return groupBy === 'op' ? [op] : name.split('/').slice(0, -1).filter(Boolean);
}

export const groupKey = (path: readonly string[]): string => path.join('/');

/** The keys of all groups that hold a layer: with them unfolded it is seen. */
export function holderKeys(layer: Pick<LayerCard, 'name' | 'op'>, groupBy: LayerGrouping): string[] {
  const path = groupPath(layer, groupBy);
  return path.map((_, i) => groupKey(path.slice(0, i + 1)));
}
