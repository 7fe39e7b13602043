/** Texts cut to the room there is. Pure but for its memory. */
import type { Pen } from './pen.js';

/** More than are in sight at once, few enough to keep. */
const kept = 20_000;

export class FittedTexts {
  readonly #known = new Map<string, string>();

  constructor(private readonly widthOf: Pen['widthOf']) {}

  /** The text, or as much of its beginning as fits, and `…`; empty where nothing does. */
  fit(text: string, room: number, size: number, bold: boolean): string {
    if (text === '' || room <= 0) return '';
    const key = `${Math.round(room)} ${size} ${bold} ${text}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fitted = this.#cut(text, room, size, bold);
    if (this.#known.size >= kept) this.#known.clear();
    this.#known.set(key, fitted);
    return fitted;
  }

  #cut(text: string, room: number, size: number, bold: boolean): string {
    if (this.widthOf(text, size, bold) <= room) return text;
    const letters = [...text];
    let [fits, tooLong] = [0, letters.length];
    while (tooLong - fits > 1) {
      const middle = (fits + tooLong) >> 1;
      if (this.widthOf(`${letters.slice(0, middle).join('')}…`, size, bold) <= room) fits = middle;
      else tooLong = middle;
    }
    return fits === 0 ? '' : `${letters.slice(0, fits).join('')}…`;
  }
}
