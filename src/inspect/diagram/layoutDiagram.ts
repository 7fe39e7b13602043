import { closedHeight, closedWidth, headerHeight, padding } from './faces.js';
import type { FrameLayout } from './frameLayout.js';
import { layoutFrame } from './frameLayout.js';
import type { Size } from './rows.js';
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

/** Layouts by what they depend on, so that expanding one item lays out it and its holders, and equal blocks once. */
export class FrameLayouts {
  readonly #kept = new Map<string, FrameLayout>();
  #children = 0;

  /** How many frames were laid out. */
  made = 0;

  of(frame: Frame, sizes: readonly Size[]): FrameLayout {
    const key = `${frame.shape}|${sizes.map(({ width, height }) => `${width}x${height}`).join(' ')}`;
    const known = this.#kept.get(key);
    const layout = known ?? layoutFrame(frame, sizes);
    if (known) this.#kept.delete(key);
    else {
      this.made++;
      this.#children += sizes.length;
    }
    this.#kept.set(key, layout);
    for (const [oldest, { children }] of this.#kept) {
      if (this.#children <= keptChildren) break;
      this.#kept.delete(oldest);
      this.#children -= children.length;
    }
    return layout;
  }
}

/** Lays out the frames of what is expanded, inner before outer. `rest` is awaited between frames, and may throw. */
export async function layoutDiagram(
  shown: readonly Shown[],
  layouts: FrameLayouts,
  rest: () => Promise<void>,
): Promise<DiagramLayout> {
  const frames: (FrameLayout | undefined)[] = shown.map(() => undefined);
  const sizes: Size[] = shown.map(() => ({ width: 0, height: 0 }));
  for (let position = shown.length - 1; position >= 0; position--) {
    const { item, expanded, children } = shown[position]!;
    const closed = closedWidth(item);
    if (!expanded) {
      sizes[position] = { width: closed, height: closedHeight };
      continue;
    }
    const frame = layouts.of(
      bodyOf(item).frame!,
      children.map((child) => sizes[child]!),
    );
    frames[position] = frame;
    const [width, height] = [Math.ceil(frame.width), Math.ceil(frame.height)];
    sizes[position] =
      position === 0
        ? { width: width + 2 * margin, height: height + 2 * margin }
        : { width: Math.max(closed, width + 2 * padding), height: headerHeight + height + padding };
    await rest();
  }
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

/** Where the frame of an expanded item begins. */
export function frameOrigin(boxes: Float64Array, position: number, { width }: FrameLayout): { x: number; y: number } {
  const [left, top, whole] = [boxes[position * 4]!, boxes[position * 4 + 1]!, boxes[position * 4 + 2]!];
  return { x: left + (whole - width) / 2, y: top + (position === 0 ? margin : headerHeight) };
}
