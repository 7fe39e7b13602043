/** Where the graph is looked at from: a point of the scene is on the screen at `x + k * point`. Pure. */
import type { Box } from './scene.js';

export interface View {
  readonly x: number;
  readonly y: number;
  /** Pixels of the screen for one of the scene. */
  readonly k: number;
}

/** A view as it is kept: seen on a screen of this width. */
export interface KeptView extends View {
  readonly width: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The same on a screen of another width: what stood in the middle stands there again. */
export function onScreen({ x, y, k, width }: KeptView, screen: Size): View {
  return { x: x + (screen.width - width) / 2, y, k };
}

export const greatestZoom = 3;
/** What the graph keeps from the edges of the screen where it is fitted in. */
const margin = 24;
/** Below this nothing can be read: a graph that would be smaller opens at its beginning, at a size that can. */
const legible = 0.6;
const opening = 0.8;
/** Pixels of the shorter side of a graph in which something can be told apart. */
const thinnest = 16;
/** Pixels of the graph that stay in sight however far it is dragged. */
const kept = 48;

/** The smallest zoom that is of use: all of the graph, with room around it. */
export function leastZoom(graph: Size, screen: Size): number {
  return Math.min(0.5, fittingZoom(graph, screen) * 0.8);
}

function fittingZoom(graph: Size, screen: Size): number {
  const across = (screen.width - 2 * margin) / Math.max(1, graph.width);
  const down = (screen.height - 2 * margin) / Math.max(1, graph.height);
  return Math.max(1e-4, Math.min(across, down));
}

/** All of a box in the middle of the screen, no larger than life. */
export function fitBox(box: Box, screen: Size): View {
  const k = Math.min(1, fittingZoom(box, screen));
  return centred(box, screen, k);
}

export function centred(box: Box, screen: Size, k: number): View {
  return {
    x: screen.width / 2 - k * (box.left + box.width / 2),
    y: screen.height / 2 - k * (box.top + box.height / 2),
    k,
  };
}

/** All of the graph; where that would be a mere line, as it opens. */
export function wholeView(graph: Size, screen: Size): View {
  const whole = fitBox({ left: 0, top: 0, ...graph }, screen);
  return whole.k * Math.min(graph.width, graph.height) < thinnest ? openingView(graph, screen) : whole;
}

/** All of the graph where it can be read then; else its beginning, at a size that can. */
export function openingView(graph: Size, screen: Size): View {
  const whole = fitBox({ left: 0, top: 0, ...graph }, screen);
  if (whole.k >= legible) return whole;
  const k = Math.min(1, Math.max(opening, (screen.width - 2 * margin) / Math.max(1, graph.width)));
  return { x: screen.width / 2 - (k * graph.width) / 2, y: margin, k };
}

/** What of the scene is on the screen. */
export function windowOf({ x, y, k }: View, { width, height }: Size): Box {
  return { left: -x / k, top: -y / k, width: width / k, height: height / k };
}

/** Whether a box is on the screen as a whole, or fills it. */
export function inSight(box: Box, view: View, screen: Size): boolean {
  const { left, top, width, height } = windowOf(view, screen);
  const within = (from: number, size: number, start: number, extent: number): boolean =>
    size > extent ? from < start + extent && from + size > start : from >= start && from + size <= start + extent;
  return within(box.left, box.width, left, width) && within(box.top, box.height, top, height);
}

/** The view moved so that something of the graph stays on the screen. */
export function keptInSight({ x, y, k }: View, graph: Size, screen: Size): View {
  const clamp = (offset: number, size: number, extent: number): number => {
    const least = Math.min(kept, extent / 2) - k * size;
    return Math.max(least, Math.min(extent - Math.min(kept, extent / 2), offset));
  };
  return { x: clamp(x, graph.width, screen.width), y: clamp(y, graph.height, screen.height), k };
}
