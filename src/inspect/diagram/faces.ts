/** What stands on a rectangle, and how large that makes it, in pixels at zoom 1. */
import type { TreeItem } from './tree.js';

const longestText = 120;

/** Lines of 22 pixels, as rows elsewhere: operator and detail, and the name. */
export const closedHeight = 44;
/** Of an expanded item: the line of its name, and what is left around its frame. */
export const headerHeight = 28;
export const padding = 12;

const narrowest = 96;
const widest = 288;
const characterWidth = 7;
const margins = 24;
/** Widths come in steps, so that equal blocks are laid out once even where their names differ a little. */
const widthStep = 16;

export function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
}

/** Width of the rectangle of an item that is not expanded. */
export function closedWidth({ op, name, detail }: TreeItem): number {
  const characters = Math.max(op.length + detail.length + 2, name.length);
  const width = Math.ceil((characters * characterWidth + margins) / widthStep) * widthStep;
  return Math.min(widest, Math.max(narrowest, width));
}
