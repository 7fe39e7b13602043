import type { Node } from './node.js';

interface Link {
  readonly node: Node;
  previous: Link | undefined;
  next: Link | undefined;
}

/** Nodes in order, with insertion and removal in constant time. */
export class NodeList {
  #links = new Map<Node, Link>();
  #first: Link | undefined;
  #last: Link | undefined;
  #snapshot: readonly Node[] | undefined;

  constructor(nodes: Iterable<Node>) {
    for (const node of nodes) this.insertBefore(undefined, node);
  }

  /** The nodes as they stand now. The array never changes: editing while iterating over it is safe. */
  toArray(): readonly Node[] {
    if (!this.#snapshot) {
      const nodes: Node[] = [];
      for (let link = this.#first; link; link = link.next) nodes.push(link.node);
      this.#snapshot = nodes;
    }
    return this.#snapshot;
  }

  has(node: Node): boolean {
    return this.#links.has(node);
  }

  /** Inserts before `anchor`, or at the end where it is undefined. */
  insertBefore(anchor: Node | undefined, node: Node): void {
    if (this.#links.has(node)) throw new RangeError(`the node ${node.name ?? node.opType} is in the graph already`);
    const next = anchor && this.#link(anchor);
    const link: Link = { node, previous: next ? next.previous : this.#last, next };
    if (link.previous) link.previous.next = link;
    else this.#first = link;
    if (next) next.previous = link;
    else this.#last = link;
    this.#links.set(node, link);
    this.#snapshot = undefined;
  }

  insertAfter(anchor: Node, node: Node): void {
    this.insertBefore(this.#link(anchor).next?.node, node);
  }

  /** Removes a node; false where it is not here. */
  remove(node: Node): boolean {
    const link = this.#links.get(node);
    if (!link) return false;
    if (link.previous) link.previous.next = link.next;
    else this.#first = link.next;
    if (link.next) link.next.previous = link.previous;
    else this.#last = link.previous;
    this.#links.delete(node);
    this.#snapshot = undefined;
    return true;
  }

  /** Puts the nodes into another order; `nodes` must be a permutation of the present ones. */
  reorder(nodes: readonly Node[]): void {
    const distinct = new Set(nodes);
    if (distinct.size !== this.#links.size || nodes.length !== distinct.size || !nodes.every((node) => this.has(node)))
      throw new RangeError('reorder takes a permutation of the nodes');
    this.#links.clear();
    this.#first = this.#last = undefined;
    for (const node of nodes) this.insertBefore(undefined, node);
  }

  #link(node: Node): Link {
    const link = this.#links.get(node);
    if (!link) throw new RangeError(`the node ${node.name ?? node.opType} is not in the graph`);
    return link;
  }
}
