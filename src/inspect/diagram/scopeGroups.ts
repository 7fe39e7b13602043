import type { ScopedName } from './scopedName.js';
import { scopeAt } from './scopedName.js';

/** A scope that is worth a box. */
export interface ScopeGroup {
  /** Position among the groups, before its own; -1 at the top. */
  readonly parent: number;
  /** Scopes of a member's name that lie around the group, and up to its own end. */
  readonly around: number;
  readonly depth: number;
}

export interface ScopeGroups {
  /** A parent before its children. */
  readonly groups: readonly ScopeGroup[];
  /** The innermost group of each name; -1 for none. */
  readonly groupOf: readonly number[];
  /** Scopes that all names have in common, which say nothing. */
  readonly common: number;
}

/** Nodes below which a box only clutters. */
const fewestNodes = 3;

interface Scope {
  readonly parent: Scope | null;
  readonly depth: number;
  readonly inner: Map<string, Scope>;
  /** Positions of its names. */
  readonly members: number[];
  /** The group that stands for it: its own, or that of a scope around it; -1 for the top. */
  group: number;
}

/**
 * Which scopes of the names, given in the order of the dataflow, make groups. A scope counts where its nodes stand
 * together: one that is scattered over what lies around it (a module called at many places, `p2o.Conv.3`) is a kind, not
 * a place. A scope that holds all that the one around it holds is one with it.
 */
export function scopeGroups(names: readonly ScopedName[]): ScopeGroups {
  const root = newScope(null);
  const scopes: Scope[] = [];
  const innermost = names.map((name, position) => {
    let scope = root;
    root.members.push(position);
    for (let depth = 0; depth < name.starts.length - 1; depth++) {
      const part = scopeAt(name, depth);
      let inner = scope.inner.get(part);
      if (!inner) {
        inner = newScope(scope);
        scope.inner.set(part, inner);
        scopes.push(inner);
      }
      inner.members.push(position);
      scope = inner;
    }
    return scope;
  });
  const groups: { parent: number; around: number; depth: number; members: readonly number[] }[] = [];
  let common = 0;
  for (const scope of scopes) {
    const { members, depth } = scope;
    const parent = scope.parent!.group;
    const group = groups[parent];
    const around = group?.members ?? root.members;
    scope.group = parent;
    if (members.length === around.length) {
      if (group) group.depth = depth;
      else common = depth;
    } else if (members.length >= fewestNodes && stretches(members, around) * 2 <= members.length) {
      scope.group = groups.length;
      groups.push({ parent, around: group?.depth ?? common, depth, members });
    }
  }
  return { groups, groupOf: innermost.map(({ group }) => group), common };
}

/** How many unbroken stretches of `around` the members make; both ascend. */
function stretches(members: readonly number[], around: readonly number[]): number {
  let count = 0;
  let expected = -1;
  for (const member of members) {
    const at = positionIn(around, member);
    if (at !== expected) count++;
    expected = at + 1;
  }
  return count;
}

function positionIn(sorted: readonly number[], value: number): number {
  let low = 0;
  for (let high = sorted.length; low < high;) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function newScope(parent: Scope | null): Scope {
  return { parent, depth: parent ? parent.depth + 1 : 0, inner: new Map(), members: [], group: -1 };
}
