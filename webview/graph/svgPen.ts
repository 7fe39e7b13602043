import type { Ink, Outline, Pen, TextStyle } from './pen.js';

/** Writes SVG. Its texts are as wide as `widthOf` says, which only a browser knows. Pure. */
export class SvgPen implements Pen {
  readonly #elements: string[] = [];
  #path: string[] = [];

  constructor(
    private readonly family: string,
    readonly widthOf: Pen['widthOf'],
  ) {}

  rectangle(left: number, top: number, width: number, height: number, fill: Ink): void {
    this.box(left, top, width, height, 0, fill, null);
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
    const round = Math.min(radius, width / 2, height / 2);
    const corner = round > 0 ? ` rx="${short(round)}"` : '';
    const place = `x="${short(left)}" y="${short(top)}" width="${short(width)}" height="${short(height)}"`;
    this.#elements.push(`<rect ${place}${corner}${filled(fill)}${outlined(outline)}/>`);
  }

  begin(): void {
    this.#path = [];
  }

  line(points: Float32Array, start: number, end: number, curved: boolean): void {
    const point = (at: number): string => `${short(points[at * 2]!)} ${short(points[at * 2 + 1]!)}`;
    this.#path.push(`M${point(start)}`);
    if (!curved || end - start < 3) {
      for (let at = start + 1; at < end; at++) this.#path.push(`L${point(at)}`);
      return;
    }
    for (let at = start + 1; at < end - 2; at++) {
      const x = (points[at * 2]! + points[at * 2 + 2]!) / 2;
      const y = (points[at * 2 + 1]! + points[at * 2 + 3]!) / 2;
      this.#path.push(`Q${point(at)} ${short(x)} ${short(y)}`);
    }
    this.#path.push(`Q${point(end - 2)} ${point(end - 1)}`);
  }

  stroke(outline: Outline): void {
    if (this.#path.length > 0)
      this.#elements.push(`<path d="${this.#path.join('')}"${filled(null)}${outlined(outline)}/>`);
  }

  fill(ink: Ink): void {
    if (this.#path.length > 0) this.#elements.push(`<path d="${this.#path.join('')}"${filled(ink)}/>`);
  }

  text(text: string, x: number, y: number, { size, bold, align, ...ink }: TextStyle): void {
    const weight = bold ? ' font-weight="600"' : '';
    const anchor = align === 'start' ? '' : ` text-anchor="${align}"`;
    this.#elements.push(
      `<text x="${short(x)}" y="${short(y)}" font-size="${short(size)}"${weight}${anchor}${filled(ink)}>${escaped(text)}</text>`,
    );
  }

  /** The document of what was drawn: the given rectangle of it, on a background. */
  document(left: number, top: number, width: number, height: number, background: string): string {
    const box = `${short(left)} ${short(top)} ${short(width)} ${short(height)}`;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${short(width)}" height="${short(height)}" viewBox="${box}" font-family="${escaped(this.family)}">`,
      `<rect x="${short(left)}" y="${short(top)}" width="${short(width)}" height="${short(height)}" fill="${escaped(background)}"/>`,
      ...this.#elements,
      '</svg>\n',
    ].join('\n');
  }
}

function filled(ink: Ink | null): string {
  if (ink === null) return ' fill="none"';
  return ` fill="${escaped(ink.color)}"${ink.opacity < 1 ? ` fill-opacity="${short(ink.opacity)}"` : ''}`;
}

function outlined(outline: Outline | null): string {
  if (outline === null) return '';
  const { color, opacity, width, dash } = outline;
  const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.map(short).join(' ')}"` : '';
  const faint = opacity < 1 ? ` stroke-opacity="${short(opacity)}"` : '';
  return ` stroke="${escaped(color)}" stroke-width="${short(width)}"${faint}${dashes}`;
}

const short = (value: number): string => String(Math.round(value * 100) / 100);

/** Also without what XML 1.0 has no way to write: control characters, and halves of letters. */
function escaped(text: string): string {
  const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text
    .replace(/(?![\t\n\r])\p{Cc}|\p{Surrogate}|[\ufffe\uffff]/gu, '')
    .replace(/[&<>"]/g, (mark) => named[mark]!);
}
