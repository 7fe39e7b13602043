/** The graph as a file: SVG text, or PNG bytes. */
import { CanvasPen } from './canvasPen.js';
import { FittedTexts } from './fittedText.js';
import type { Look } from './paint.js';
import { paint, paintEdges, paintHolders, paintItems } from './paint.js';
import type { Palette } from './palette.js';
import type { Box, Scene } from './scene.js';
import { SvgPen } from './svgPen.js';

export type ExportLook = Omit<Look, 'palette' | 'texts' | 'current' | 'pointed'>;

/** Pixels of white space around the graph. */
const margin = 16;
/** Drawn at once, so that the page does not stand still. */
const slice = 400;
/** What browsers can draw on: pixels of a side and of the whole. */
const greatestSide = 16_384;
const greatestArea = 1 << 26;

const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** The rectangle that holds the graph and what is around it. */
export const wholeOf = ({ card }: Scene): Box => ({
  left: -margin,
  top: -margin,
  width: card.width + 2 * margin,
  height: card.height + 2 * margin,
});

/** All within `window`, with every text, in the theme's colours. */
export async function graphAsSvg(scene: Scene, window: Box, look: ExportLook, palette: Palette): Promise<string> {
  const measure = new CanvasPen(new OffscreenCanvas(1, 1).getContext('2d')!, palette.family);
  const widthOf = measure.widthOf.bind(measure);
  const pen = new SvgPen(palette.family, widthOf);
  const whole: Look = { ...look, palette, texts: new FittedTexts(widthOf), current: -1, pointed: -1 };
  const items = scene.itemsIn(window);
  const inSlices = async (draw: (part: Uint32Array) => void, all: Uint32Array): Promise<void> => {
    for (let at = 0; at < all.length; at += slice) {
      draw(all.subarray(at, at + slice));
      await breath();
    }
  };
  await inSlices((part) => paintHolders(pen, scene, part, whole, 1), items);
  await inSlices((part) => paintEdges(pen, scene, part, whole, 1), scene.edgesIn(window));
  await inSlices((part) => paintItems(pen, scene, part, whole, 1), items);
  return pen.document(window.left, window.top, window.width, window.height, palette.background);
}

/** At `zoom` pixels for one of the scene, or as large as a picture can be. */
export async function graphAsPng(
  scene: Scene,
  window: Box,
  look: ExportLook,
  palette: Palette,
  zoom: number,
): Promise<Uint8Array> {
  const { left, top, width, height } = window;
  const k = Math.min(zoom, greatestSide / width, greatestSide / height, Math.sqrt(greatestArea / (width * height)));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * k)), Math.max(1, Math.round(height * k)));
  const context = canvas.getContext('2d')!;
  context.fillStyle = palette.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(k, 0, 0, k, -left * k, -top * k);
  const pen = new CanvasPen(context, palette.family);
  const texts = new FittedTexts(pen.widthOf.bind(pen));
  const whole: Look = { ...look, palette, texts, current: -1, pointed: -1 };
  // In tiles of a thousand pixels, each with all that touches it.
  const side = 1000 / k;
  for (let y = top; y < top + height; y += side) {
    for (let x = left; x < left + width; x += side) {
      const tile = { left: x, top: y, width: side, height: side };
      context.save();
      context.beginPath();
      context.rect(x, y, side, side);
      context.clip();
      paint(new CanvasPen(context, palette.family), scene, scene.itemsIn(tile), scene.edgesIn(tile), whole, k);
      context.restore();
      await breath();
    }
  }
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}
