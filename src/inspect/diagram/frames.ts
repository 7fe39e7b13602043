import type { Flow } from './flows.js';
import type { Frame, FrameEnd, TreeItem, ValueNumber } from './tree.js';
import { bodyOf } from './tree.js';

/** The holder inside which two items meet, and its children that hold them. */
export function meeting(
  a: TreeItem,
  b: TreeItem,
  depthOf: (item: TreeItem) => number,
): { readonly a: TreeItem; readonly b: TreeItem } {
  let [left, right] = [a, b];
  while (left.parent !== right.parent) {
    if (depthOf(left) > depthOf(right)) left = left.parent!;
    else right = right.parent!;
  }
  return { a: left, b: right };
}

/**
 * Gives every holder its frame: each flow is a link in the frame where its ends meet, an exit of each holder that it
 * leaves on the way there, and an entry of each that it comes into after.
 */
export function buildFrames(items: readonly TreeItem[], flows: readonly Flow[]): void {
  const builders = new Map<TreeItem, FrameBuilder>();
  const depths = new Map<TreeItem, number>();
  const depthOf = (item: TreeItem) => depths.get(item)!;
  for (const item of items) {
    depths.set(item, item.parent ? depthOf(item.parent) + 1 : 0);
    if (item.children.length > 0) builders.set(item, new FrameBuilder(item.children));
  }
  const builderOf = (item: TreeItem) => builders.get(bodyOf(item));
  /** An end of a flow, climbed to the child of the frame where it is joined; the ports are made on the way. */
  const climb = (from: TreeItem, port: number, top: TreeItem, value: ValueNumber, way: 'entry' | 'exit') => {
    let item = from;
    while (item !== top) {
      const holder = item.parent!;
      const builder = builders.get(holder)!;
      port = builder.port(way, value, builder.end(item, port));
      item = holder;
    }
    return port;
  };
  const innerPort = (item: TreeItem, value: ValueNumber, way: 'entry' | 'exit') =>
    value < 0 ? -1 : (builderOf(item)?.port(way, value) ?? -1);
  for (const { value, source, sourcePort, target, targetPort, home } of flows) {
    const out = source ? innerPort(source, sourcePort, 'exit') : -1;
    const into = target ? innerPort(target, targetPort, 'entry') : -1;
    if (source && target) {
      const met = meeting(source, target, depthOf);
      if (met.a === met.b && (source !== target || source.children.length > 0 || source.calls)) continue;
      const builder = builders.get(met.a.parent!)!;
      const from = builder.end(met.a, climb(source, out, met.a, value, 'exit'));
      builder.link(from, builder.end(met.b, climb(target, into, met.b, value, 'entry')), value);
    } else if (target && home) climb(target, into, home, value, 'entry');
    else if (source && home) climb(source, out, home, value, 'exit');
  }
  for (const [item, builder] of builders) item.frame = builder.build();
}

class FrameBuilder {
  readonly #positions: ReadonlyMap<TreeItem, number>;
  readonly #ports = {
    entry: { byValue: new Map<ValueNumber, number>(), ends: [] as FrameEnd[][] },
    exit: { byValue: new Map<ValueNumber, number>(), ends: [] as FrameEnd[][] },
  };
  readonly #links = new Map<string, { from: FrameEnd; to: FrameEnd; values: ValueNumber[] }>();

  constructor(private readonly children: readonly TreeItem[]) {
    this.#positions = new Map(children.map((child, index) => [child, index]));
  }

  end(child: TreeItem, port: number): FrameEnd {
    return { child: this.#positions.get(child)!, port };
  }

  /** The port for a value, made when it is first asked for, with one more end inside. */
  port(way: 'entry' | 'exit', value: ValueNumber, end?: FrameEnd): number {
    const { byValue, ends } = this.#ports[way];
    const known = byValue.get(value);
    const port = known ?? ends.length;
    if (known === undefined) {
      byValue.set(value, port);
      ends.push([]);
    }
    const inside = ends[port]!;
    if (end && !inside.some(({ child, port: at }) => child === end.child && at === end.port)) inside.push(end);
    return port;
  }

  link(from: FrameEnd, to: FrameEnd, value: ValueNumber): void {
    const key = `${from.child}:${from.port}>${to.child}:${to.port}`;
    const known = this.#links.get(key);
    if (!known) this.#links.set(key, { from, to, values: [value] });
    else if (!known.values.includes(value)) known.values.push(value);
  }

  build(): Frame {
    const links = [...this.#links.values()];
    const text = (ends: readonly FrameEnd[]) => ends.map(({ child, port }) => `${child}:${port}`).join(',');
    const shape = [
      this.children.length,
      [...this.#links.keys()].join(' '),
      this.#ports.entry.ends.map(text).join(' '),
      this.#ports.exit.ends.map(text).join(' '),
    ].join('|');
    return {
      children: this.children,
      links,
      entries: this.#ports.entry.ends,
      exits: this.#ports.exit.ends,
      shape,
    };
  }
}
