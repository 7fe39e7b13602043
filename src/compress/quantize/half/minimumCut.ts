/** The cheapest way to part a network in two (Dinic 1970; Ford and Fulkerson 1956: the greatest flow is the least cut). */

/** A network of numbered nodes with directed capacities. */
export class FlowNetwork {
  readonly #from: number[][] = [];
  readonly #to: number[] = [];
  readonly #left: number[] = [];

  addNode(): number {
    return this.#from.push([]) - 1;
  }

  /** What may flow from one node to the other; what flows can flow back. */
  connect(from: number, to: number, capacity: number): void {
    this.#from[from]!.push(this.#to.length);
    this.#to.push(to);
    this.#left.push(capacity);
    this.#from[to]!.push(this.#to.length);
    this.#to.push(from);
    this.#left.push(0);
  }

  /** The nodes on the side of the source, of all least cuts the one with the fewest; and what the cut costs. */
  leastCut(source: number, sink: number): { readonly side: ReadonlySet<number>; readonly cost: number } {
    let cost = 0;
    for (let levels = this.#levels(source); levels[sink]! >= 0; levels = this.#levels(source)) {
      const next = this.#from.map(() => 0);
      for (let flow = this.#push(source, sink, levels, next); flow > 0; flow = this.#push(source, sink, levels, next)) {
        cost += flow;
      }
    }
    const levels = this.#levels(source);
    return { side: new Set(levels.flatMap((level, node) => (level >= 0 ? [node] : []))), cost };
  }

  /** How many steps a node is from the source along what can still flow; -1 where nothing can. */
  #levels(source: number): number[] {
    const levels = this.#from.map(() => -1);
    levels[source] = 0;
    const queue = [source];
    for (let at = 0; at < queue.length; at++) {
      for (const edge of this.#from[queue[at]!]!) {
        const to = this.#to[edge]!;
        if (this.#left[edge]! <= 0 || levels[to]! >= 0) continue;
        levels[to] = levels[queue[at]!]! + 1;
        queue.push(to);
      }
    }
    return levels;
  }

  /** Sends what one path of rising levels can take; `next` is the first edge of each node that may still lead on. */
  #push(source: number, sink: number, levels: readonly number[], next: number[]): number {
    const path: number[] = [];
    let node = source;
    while (node !== sink) {
      const edges = this.#from[node]!;
      while (next[node]! < edges.length && !this.#leads(edges[next[node]!]!, levels, node)) next[node]!++;
      const edge = edges[next[node]!];
      if (edge !== undefined) {
        path.push(edge);
        node = this.#to[edge]!;
        continue;
      }
      const back = path.pop();
      if (back === undefined) return 0;
      node = this.#to[back ^ 1]!;
      next[node]!++;
    }
    const flow = Math.min(...path.map((edge) => this.#left[edge]!));
    for (const edge of path) {
      this.#left[edge]! -= flow;
      this.#left[edge ^ 1]! += flow;
    }
    return flow;
  }

  #leads(edge: number, levels: readonly number[], node: number): boolean {
    return this.#left[edge]! > 0 && levels[this.#to[edge]!] === levels[node]! + 1;
  }
}
