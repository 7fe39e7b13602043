/** What the graph is drawn with: on the screen, into a picture, or as SVG. Coordinates are the scene's. */

export interface Ink {
  readonly color: string;
  readonly opacity: number;
}

export interface Outline extends Ink {
  readonly width: number;
  /** Lengths of strokes and gaps; empty for a whole line. */
  readonly dash: readonly number[];
}

export interface TextStyle extends Ink {
  readonly size: number;
  readonly bold: boolean;
  readonly align: 'start' | 'middle' | 'end';
}

export interface Pen {
  rectangle(left: number, top: number, width: number, height: number, fill: Ink): void;
  box(
    left: number,
    top: number,
    width: number,
    height: number,
    radius: number,
    fill: Ink | null,
    outline: Outline | null,
  ): void;
  /** Begins a path of many lines, which `stroke` or `fill` ends. */
  begin(): void;
  /** The points numbered from `start` to before `end`; a curved line touches only the first and the last. */
  line(points: Float32Array, start: number, end: number, curved: boolean): void;
  stroke(outline: Outline): void;
  fill(ink: Ink): void;
  /** `y` is the base line. */
  text(text: string, x: number, y: number, style: TextStyle): void;
  /** In pixels, of a text of this size. */
  widthOf(text: string, size: number, bold: boolean): number;
}
