import type { Ink, Outline, Pen, TextStyle } from './pen.js';

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Draws on a canvas. Settings of the context are changed only where they differ: each change costs. */
export class CanvasPen implements Pen {
  #fill = '';
  #stroke = '';
  #opacity = NaN;
  #width = NaN;
  #dashed = false;
  #font = '';
  #align = '';

  constructor(
    private readonly context: Context,
    private readonly family: string,
  ) {
    context.lineJoin = 'round';
  }

  rectangle(left: number, top: number, width: number, height: number, fill: Ink): void {
    this.#useFill(fill);
    this.context.fillRect(left, top, width, height);
  }

  box(
    left: number,
    top: number,
    width: number,
    height: number,
    radius: number,
    fill: Ink | null,
    outline: Outline | null,
  ): void {
    const { context } = this;
    context.beginPath();
    context.roundRect(left, top, width, height, Math.min(radius, width / 2, height / 2));
    if (fill) this.fill(fill);
    if (outline) this.stroke(outline);
  }

  begin(): void {
    this.context.beginPath();
  }

  line(points: Float32Array, start: number, end: number, curved: boolean): void {
    const { context } = this;
    context.moveTo(points[start * 2]!, points[start * 2 + 1]!);
    if (!curved || end - start < 3) {
      for (let at = start + 1; at < end; at++) context.lineTo(points[at * 2]!, points[at * 2 + 1]!);
      return;
    }
    for (let at = start + 1; at < end - 1; at++) {
      const [x, y] = [points[at * 2]!, points[at * 2 + 1]!];
      const last = at === end - 2;
      const toX = last ? points[at * 2 + 2]! : (x + points[at * 2 + 2]!) / 2;
      const toY = last ? points[at * 2 + 3]! : (y + points[at * 2 + 3]!) / 2;
      context.quadraticCurveTo(x, y, toX, toY);
    }
  }

  stroke({ color, opacity, width, dash }: Outline): void {
    const { context } = this;
    this.#useOpacity(opacity);
    if (this.#stroke !== color) context.strokeStyle = this.#stroke = color;
    if (this.#width !== width) context.lineWidth = this.#width = width;
    if (dash.length > 0 || this.#dashed) context.setLineDash(dash as number[]);
    this.#dashed = dash.length > 0;
    context.stroke();
  }

  fill(ink: Ink): void {
    this.#useFill(ink);
    this.context.fill();
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    const { context } = this;
    const align = style.align === 'middle' ? 'center' : style.align;
    if (this.#align !== align) context.textAlign = (this.#align = align) as CanvasTextAlign;
    this.#useFont(style.size, style.bold);
    this.#useFill(style);
    context.fillText(text, x, y);
  }

  widthOf(text: string, size: number, bold: boolean): number {
    this.#useFont(size, bold);
    return this.context.measureText(text).width;
  }

  #useFill({ color, opacity }: Ink): void {
    this.#useOpacity(opacity);
    if (this.#fill !== color) this.context.fillStyle = this.#fill = color;
  }

  #useOpacity(opacity: number): void {
    if (this.#opacity !== opacity) this.context.globalAlpha = this.#opacity = opacity;
  }

  #useFont(size: number, bold: boolean): void {
    const font = `${bold ? '600 ' : ''}${size}px ${this.family}`;
    if (this.#font !== font) this.context.font = this.#font = font;
  }
}
