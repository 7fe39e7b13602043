import { inLanes } from '../../threads/inLanes.js';
import { closedHeight, closedWidth, headerHeight, padding } from './faces.js';
import type { FrameLayout } from './frameLayout.js';
import { layoutFrame } from './frameLayout.js';
import type { LayOutRows, Size } from './rows.js';
import type { Shown } from './shown.js';
import type { Frame } from './tree.js';
import { bodyOf } from './tree.js';

/** Where everything that is shown stands, absolute, by positions in the list of what is shown. */
export interface DiagramLayout {
  /** Left, top, width and height of each; the first is the whole. */
  readonly boxes: Float64Array;
  /** Of what is expanded. */
  readonly frames: readonly (FrameLayout | undefined)[];
}

/** Space around the whole. */
const margin = 16;
/** Children of all layouts that are kept for the next expansion. */
const keptChildren = 60_000;

/** Who does the work of a layout. */
export interface LayoutMeans {
  readonly layOutRows: LayOutRows;
  /** How many frames at once. */
  readonly lanes: number;
  /** Awaited between steps of some milliseconds; may throw to end the work. */
  rest(): Promise<void>;
}

/** Layouts by what they depend on, so that expanding one item lays out it and its holders, and equal blocks once. */
export class FrameLayouts {
  readonly #kept = new Map<string, { readonly layout: Promise<FrameLayout>; readonly children: number }>();
  #children = 0;

  /** How many frames were laid out. */
  made = 0;

  of(frame: Frame, sizes: readonly Size[], layOutRows: LayOutRows): Promise<FrameLayout> {
    const key = `${frame.shape}|${sizes.map(({ width, height }) => `${width}x${height}`).join(' ')}`;
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.layout;
    }
    this.made++;
    const layout = layoutFrame(frame, sizes, layOutRows);
    this.#kept.set(key, { layout, children: sizes.length });
    this.#children += sizes.length;
    layout.catch(() => this.#forget(key));
    for (const oldest of this.#kept.keys()) {
      if (this.#children <= keptChildren) break;
      this.#forget(oldest);
    }
    return layout;
  }

  #forget(key: string): void {
    this.#children -= this.#kept.get(key)?.children ?? 0;
    this.#kept.delete(key);
  }
}

/** Lays out the frames of what is expanded, inner before outer. */
export async function layoutDiagram(
  shown: readonly Shown[],
  layouts: FrameLayouts,
  { layOutRows, lanes, rest }: LayoutMeans,
): Promise<DiagramLayout> {
  const frames: (FrameLayout | undefined)[] = shown.map(() => undefined);
  const sizes: Size[] = shown.map(({ item }) => ({ width: closedWidth(item), height: closedHeight }));
  const layOut = async (position: number) => {
    await rest();
    const { item, children } = shown[position]!;
    const inner = children.map((child) => sizes[child]!);
    const frame = await layouts.of(bodyOf(item).frame!, inner, layOutRows);
    const [width, height] = [Math.ceil(frame.width), Math.ceil(frame.height)];
    frames[position] = frame;
    sizes[position] =
      position === 0
        ? { width: width + 2 * margin, height: height + 2 * margin }
        : {
            width: Math.max(closedWidth(item), width + 2 * padding),
            height: headerHeight + height + padding,
          };
  };
  for (const level of levelsOf(shown)) await inLanes(level, lanes, undefined, layOut);
  const boxes = new Float64Array(shown.length * 4);
  const place = (position: number, left: number, top: number) => {
    const { width, height } = sizes[position]!;
    boxes.set([left, top, width, height], position * 4);
  };
  place(0, 0, 0);
  for (const [position, { children }] of shown.entries()) {
    const frame = frames[position];
    if (!frame) continue;
    const { x, y } = frameOrigin(boxes, position, frame);
    for (const [index, child] of children.entries()) {
      const at = frame.children[index]!;
      place(child, x + at.x, y + at.y);
    }
  }
  return { boxes, frames };
}

/** Positions of what is expanded, by how many expanded levels lie inside: those of a level wait only for those before. */
function levelsOf(shown: readonly Shown[]): number[][] {
  const levels: number[][] = [];
  const heights = new Int32Array(shown.length).fill(-1);
  for (let position = shown.length - 1; position >= 0; position--) {
    const { expanded, children } = shown[position]!;
    if (!expanded) continue;
    const height = 1 + children.reduce((highest, child) => Math.max(highest, heights[child]!), -1);
    heights[position] = height;
    (levels[height] ??= []).push(position);
  }
  return levels;
}

/** Where the frame of an expanded item begins. */
export function frameOrigin(boxes: Float64Array, position: number, { width }: FrameLayout): { x: number; y: number } {
  const [left, top, whole] = [boxes[position * 4]!, boxes[position * 4 + 1]!, boxes[position * 4 + 2]!];
  return { x: left + (whole - width) / 2, y: top + (position === 0 ? margin : headerHeight) };
}
