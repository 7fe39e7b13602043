import type { Figure } from '../format/figures.js';
import { share } from '../format/figures.js';
import type { Part } from '../state/parts.js';

const row = 22;
const margin = 12;
/** Where columns begin or, for figures, end; pixels. */
const at = { name: margin, bar: 260, barEnd: 560, amount: 630, share: 700 };
const width = at.share + margin;
/** Letters of a name that fit before the bars. */
const nameLetters = 34;

/** Bars as a picture in the colours of the page. */
export function barsSvg(title: string, parts: readonly Part[], format: (amount: number) => Figure): string {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--vscode-${name}`);
  const { fontFamily, backgroundColor } = getComputedStyle(document.body);
  const [foreground, quiet, bar] = [colour('foreground'), colour('descriptionForeground'), colour('charts-blue')];
  const widest = Math.max(...parts.map((part) => part.share));
  const height = (parts.length + 1) * row + 2 * margin;
  const lines = parts.map((part, i) => {
    const top = margin + (i + 1) * row;
    const text = (x: number, fill: string, anchor: string, words: string): string =>
      `<text x="${x}" y="${top + 15}" fill="${fill}" text-anchor="${anchor}">${escaped(words)}</text>`;
    const length = Math.max(1, (part.share / widest) * (at.barEnd - at.bar));
    return [
      text(at.name, foreground, 'start', endOf(part.name)),
      `<rect x="${at.bar}" y="${top + 5}" width="${length.toFixed(1)}" height="12" fill="${bar}"/>`,
      text(at.amount, foreground, 'end', format(part.amount).text),
      text(at.share, quiet, 'end', share(part.share).text),
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      `font-family="${escaped(fontFamily)}" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="${backgroundColor}"/>`,
    `<text x="${margin}" y="${margin + 14}" fill="${foreground}" font-weight="600">${escaped(title)}</text>`,
    ...lines,
    '</svg>\n',
  ].join('\n');
}

/** Names differ at their ends. */
const endOf = (name: string): string => (name.length > nameLetters ? `…${name.slice(1 - nameLetters)}` : name);

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[letter]!);
