import type { ValueNumber, TreeItem } from './tree.js';

/**
 * One way of a value from the item that makes it to one that reads it. A value that comes into a body as its formal
 * input, or leaves it as its output, has the body's root as its other end.
 */
export interface Flow {
  readonly value: ValueNumber;
  /** Null for a formal input of `home`. */
  readonly source: TreeItem | null;
  /** The value by which the source's own body makes it; -1 where it has none. */
  readonly sourcePort: ValueNumber;
  /** Null for an output of `home`. */
  readonly target: TreeItem | null;
  readonly targetPort: ValueNumber;
  /** The root of the body, where one end is null. */
  readonly home: TreeItem | null;
}
