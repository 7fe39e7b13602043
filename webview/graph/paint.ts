/** Draws a scene with a pen: what is held below what holds it, edges between, and less of everything from far away. */
import type { WeightSummary } from '../../src/protocol/engineService.js';
import type { DiagramItem, DiagramItemKind } from '../../src/protocol/diagramCalls.js';
import { faceOf } from './face.js';
import type { FittedTexts } from './fittedText.js';
import { opacityOf } from './heat.js';
import type { Palette } from './palette.js';
import type { Outline, Pen, TextStyle } from './pen.js';
import type { Box, Scene } from './scene.js';
import { boxOf } from './scene.js';

export interface Look {
  readonly palette: Palette;
  readonly texts: FittedTexts;
  /** How strongly each item is filled, 0 to 1; NaN for not at all. Null where nothing is measured. */
  readonly levels: Float32Array | null;
  /** The metric's value as it is written on an item; empty for none. */
  metricText(item: number): string;
  /** Of the weight of a node. */
  summaryOf(layer: number): WeightSummary | undefined;
  /** Positions of items; -1 for none. */
  readonly current: number;
  readonly pointed: number;
}

const titleSize = 12;
const lineSize = 11;
const lineHeight = 15;
const padding = 8;
const corner = 4;
/** Zoom from which there are texts and arrows, curves, and histograms in nodes. */
const textsFrom = 0.55;
const curvesFrom = 0.3;
const histogramsFrom = 1.2;
/** Pixels of the screen: an item that is less high is a mere mark; an edge that is less long is not seen. */
const markHeight = 5;
const leastEdge = 3;
/** Less room than this holds no text that says anything. */
const leastText = 48;
/** Of a title that stands out of its holder when all is small. */
const farTitle = 11;

/** Lines differ by what they stand around, for those who cannot tell colours. */
const dashes: Readonly<Record<DiagramItemKind, readonly number[]>> = {
  node: [],
  input: [],
  output: [],
  scope: [],
  block: [2, 3],
  body: [7, 4],
  function: [],
};

/** Draws items and edges, which must be in order. `k` is the zoom: pixels of the screen for one of the scene. */
export function paint(pen: Pen, scene: Scene, items: Uint32Array, edges: Uint32Array, look: Look, k: number): void {
  paintHolders(pen, scene, items, look, k);
  paintEdges(pen, scene, edges, look, k);
  paintItems(pen, scene, items, look, k);
}

/** What is expanded: the ground on which the rest stands. */
export function paintHolders(pen: Pen, scene: Scene, items: Uint32Array, look: Look, k: number): void {
  const { boxes } = scene;
  for (const at of items) {
    const item = scene.items[at]!;
    if (!item.expanded) continue;
    const [left, top, width, height] = [boxes[at * 4]!, boxes[at * 4 + 1]!, boxes[at * 4 + 2]!, boxes[at * 4 + 3]!];
    const ground = { color: look.palette.foreground, opacity: 0.035 };
    if (k * height < markHeight) pen.rectangle(left, top, width, height, ground);
    else outlineBox(pen, item, [left, top, width, height], ground, outlineOf(item, at, look, k), k);
  }
}

/** All in one path, and those of the current item over them. */
export function paintEdges(pen: Pen, scene: Scene, edges: Uint32Array, look: Look, k: number): void {
  const { starts, points, from, to } = scene.edges;
  const { palette, current } = look;
  const curved = k >= curvesFrom;
  const seen = edges.filter((edge) => k * extentOf(scene, edge) >= leastEdge);
  pen.begin();
  for (const edge of seen) pen.line(points, starts[edge]!, starts[edge + 1]!, curved);
  pen.stroke({ color: palette.line, opacity: k < curvesFrom ? 0.6 : 1, width: Math.max(1, 0.75 / k), dash: [] });
  if (k >= textsFrom) {
    pen.begin();
    for (const edge of seen) arrow(pen, points, starts[edge + 1]!);
    pen.fill({ color: palette.line, opacity: 1 });
  }
  const touching = current < 0 ? [] : seen.filter((edge) => from[edge] === current || to[edge] === current);
  if (touching.length === 0) return;
  pen.begin();
  for (const edge of touching) pen.line(points, starts[edge]!, starts[edge + 1]!, curved);
  pen.stroke({ color: palette.focus, opacity: 1, width: Math.max(2, 1.5 / k), dash: [] });
  if (k < textsFrom) return;
  for (const edge of touching) paintLabel(pen, scene, edge, look);
}

/** Of a value, its type where that is known: its name is in the tooltip. */
const typeOf = (label: string): string => label.slice(label.lastIndexOf(' ') + 1);

/** The value that passes an edge, in its middle. */
function paintLabel(pen: Pen, scene: Scene, edge: number, { palette, texts }: Look): void {
  const { starts, points, labels } = scene.edges;
  const [first, end] = [starts[edge]!, starts[edge + 1]!];
  const middle = (first + end - 1) / 2;
  const [low, high] = [Math.floor(middle), Math.ceil(middle)];
  const x = (points[low * 2]! + points[high * 2]!) / 2;
  const y = (points[low * 2 + 1]! + points[high * 2 + 1]!) / 2;
  const text = texts.fit(typeOf(labels[edge]!), 240, lineSize, false);
  if (text === '') return;
  const width = pen.widthOf(text, lineSize, false) + 6;
  pen.box(x - width / 2, y - 8, width, 16, 3, { color: palette.background, opacity: 0.9 }, null);
  pen.text(text, x, y + 4, { color: palette.foreground, opacity: 1, size: lineSize, bold: false, align: 'middle' });
}

function extentOf(scene: Scene, edge: number): number {
  const { starts, points } = scene.edges;
  const [first, last] = [starts[edge]! * 2, (starts[edge + 1]! - 1) * 2];
  return Math.abs(points[last]! - points[first]!) + Math.abs(points[last + 1]! - points[first + 1]!);
}

const tip = new Float32Array(6);

function arrow(pen: Pen, points: Float32Array, end: number): void {
  const [x, y] = [points[end * 2 - 2]!, points[end * 2 - 1]!];
  const [alongX, alongY] = [x - points[end * 2 - 4]!, y - points[end * 2 - 3]!];
  const length = Math.hypot(alongX, alongY);
  if (!(length > 0)) return;
  const [unitX, unitY] = [alongX / length, alongY / length];
  tip.set([
    x,
    y,
    x - 6 * unitX - 3 * unitY,
    y - 6 * unitY + 3 * unitX,
    x - 6 * unitX + 3 * unitY,
    y - 6 * unitY - 3 * unitX,
  ]);
  pen.line(tip, 0, 3, false);
}

/** Nodes, and what is collapsed; the titles of what is expanded. */
export function paintItems(pen: Pen, scene: Scene, items: Uint32Array, look: Look, k: number): void {
  const { boxes } = scene;
  const { palette, levels } = look;
  for (const at of items) {
    const item = scene.items[at]!;
    if (item.expanded) continue;
    const [left, top, width, height] = [boxes[at * 4]!, boxes[at * 4 + 1]!, boxes[at * 4 + 2]!, boxes[at * 4 + 3]!];
    const level = levels === null ? NaN : levels[at]!;
    const marked = at === look.current || at === look.pointed;
    if (k * height < markHeight && !marked) {
      const heat = { color: palette.heat, opacity: opacityOf(level) * 1.6 };
      // What is less than a pixel is drawn as one, so that it does not vanish.
      const [wide, high] = [Math.max(width, 1 / k), Math.max(height, 1 / k)];
      pen.rectangle(left, top, wide, high, level >= 0 ? heat : { color: palette.quiet, opacity: 0.35 });
      continue;
    }
    const outline = outlineOf(item, at, look, k);
    if (item.expandable && k >= curvesFrom)
      pen.box(left + 3, top + 3, width, height, corner, { color: palette.background, opacity: 1 }, outline);
    outlineBox(pen, item, [left, top, width, height], { color: palette.background, opacity: 1 }, outline, k);
    if (level >= 0)
      pen.box(
        left,
        top,
        width,
        height,
        cornerOf(item, height),
        { color: palette.heat, opacity: opacityOf(level) },
        null,
      );
  }
  for (const at of items) paintTitle(pen, scene, at, look, k);
  if (k < textsFrom) return;
  for (const at of items) paintLines(pen, scene, at, look, k);
}

const cornerOf = ({ kind }: DiagramItem, height: number): number =>
  kind === 'input' || kind === 'output' ? height / 2 : corner;

function outlineOf(item: DiagramItem, at: number, { palette, current, pointed }: Look, k: number): Outline {
  const thick = at === current ? 2.5 : at === pointed ? 1.5 : 1;
  const color = at === current ? palette.focus : at === pointed ? palette.foreground : palette.line;
  return { color, opacity: 1, width: Math.max(thick, (thick * 0.75) / k), dash: dashes[item.kind] };
}

function outlineBox(
  pen: Pen,
  item: DiagramItem,
  [left, top, width, height]: readonly [number, number, number, number],
  fill: { color: string; opacity: number },
  outline: Outline,
  k: number,
): void {
  pen.box(left, top, width, height, cornerOf(item, height), fill, outline);
  if (item.kind !== 'function' || k < curvesFrom) return;
  pen.box(left + 3, top + 3, width - 6, height - 6, corner - 1, null, { ...outline, width: 1 });
}

function paintTitle(pen: Pen, scene: Scene, at: number, look: Look, k: number): void {
  const item = scene.items[at]!;
  const { left, top, width, height } = boxOf(scene, at);
  const { palette, texts } = look;
  if (k < textsFrom) return paintFarTitle(pen, item, { left, top, width, height }, look, k);
  const face = faceOf(item);
  const side = sideOf(item);
  const room = width - 2 * side;
  const style: TextStyle = { color: palette.foreground, opacity: 1, size: titleSize, bold: true, align: 'start' };
  const fitted = texts.fit(face.title, room, titleSize, true);
  if (item.expanded) {
    // Edges pass below the name.
    const covered = pen.widthOf(fitted, titleSize, true) + 4;
    pen.rectangle(left + side - 2, top + 6, covered, 16, { color: palette.background, opacity: 0.8 });
  }
  pen.text(fitted, left + side, baseLine(item, top, height, face.line), style);
}

/** Texts keep out of the round ends of inputs and outputs. */
const sideOf = ({ kind }: DiagramItem): number => (kind === 'input' || kind === 'output' ? 2 * padding : padding);

/** From far away only what holds others is named, in letters of the screen's size where they fit. */
function paintFarTitle(pen: Pen, item: DiagramItem, { left, top, width, height }: Box, look: Look, k: number): void {
  if (!item.expandable || k * width < 48 || k * height < farTitle + 4) return;
  if (item.expanded && k * height < 4 * farTitle) return;
  const size = Math.round(farTitle / k);
  const fitted = look.texts.fit(faceOf(item).title, width - 8 / k, size, true);
  const y = item.expanded ? top + size * 1.2 : top + height / 2 + size * 0.36;
  const opacity = item.expanded ? 0.7 : 1;
  pen.text(fitted, left + 4 / k, y, { color: look.palette.foreground, opacity, size, bold: true, align: 'start' });
}

/** Of the title: in the line of an expanded item's name, or in the middle with the second line below it. */
function baseLine(item: DiagramItem, top: number, height: number, line: string): number {
  if (item.expanded) return top + 18;
  return top + height / 2 + (line === '' || height < 2 * lineHeight + 4 ? 4 : -4);
}

function paintLines(pen: Pen, scene: Scene, at: number, look: Look, k: number): void {
  const item = scene.items[at]!;
  const { left, top, width, height } = boxOf(scene, at);
  const { texts } = look;
  const face = faceOf(item);
  const side = sideOf(item);
  const room = width - 2 * side;
  const right = left + width - side;
  const first = baseLine(item, top, height, face.line);
  const quiet: TextStyle = {
    color: look.palette.foreground,
    opacity: 0.75,
    size: lineSize,
    bold: false,
    align: 'start',
  };
  const beside = room - pen.widthOf(texts.fit(face.title, room, titleSize, true), titleSize, true) - padding;
  const metric = look.metricText(at);
  const metricWidth = metric === '' ? 0 : pen.widthOf(metric, lineSize, false);
  // On an expanded item, and on one without a second line, the figure stands in the first.
  const inFirst = item.expanded || face.line === '';
  const asideRoom = beside - (inFirst && metricWidth > 0 ? metricWidth + padding : 0);
  const aside = asideRoom < leastText ? '' : texts.fit(face.aside, asideRoom, lineSize, false);
  const asideAt = inFirst ? room - beside + left + side : right;
  pen.text(aside, asideAt, first, { ...quiet, align: inFirst ? 'start' : 'end' });
  const figure: TextStyle = { ...quiet, opacity: 1, align: 'end' };
  if (inFirst) {
    if (metricWidth > 0 && metricWidth <= beside) pen.text(metric, right, first, figure);
    return;
  }
  if (height < 2 * lineHeight + 4) return;
  const second = first + lineHeight + 2;
  const summary = k >= histogramsFrom && item.kind === 'node' ? look.summaryOf(item.layer) : undefined;
  const barsWidth = summary ? Math.min(48, room / 3) : 0;
  // The name is needed more than the figure, which is in the fill and the tooltip too.
  const withFigure = metricWidth > 0 && room - metricWidth - barsWidth >= room / 2;
  const taken = (withFigure ? metricWidth + padding : 0) + (summary ? barsWidth + padding : 0);
  pen.text(texts.fit(face.line, room - taken, lineSize, false), left + side, second, quiet);
  if (withFigure) pen.text(metric, right, second, figure);
  if (!summary) return;
  const barsRight = right - (withFigure ? metricWidth + padding : 0);
  paintBars(pen, summary.histogram, barsRight - barsWidth, second + 2, barsWidth, 13, look);
}

/** A weight's histogram, standing on `bottom`. */
function paintBars(
  pen: Pen,
  counts: readonly number[],
  left: number,
  bottom: number,
  width: number,
  height: number,
  { palette }: Look,
): void {
  const most = Math.max(...counts, 1);
  const step = width / counts.length;
  counts.forEach((count, i) => {
    const high = (height * count) / most;
    if (high > 0)
      pen.rectangle(left + i * step, bottom - high, step * 0.8, high, { color: palette.heat, opacity: 0.9 });
  });
}
