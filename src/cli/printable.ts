/**
 * Text from a file that a terminal would obey: control characters, and those that turn the direction of the text. A name in
 * a model must neither break a table nor speak to the terminal.
 */
// eslint-disable-next-line no-control-regex
const commanding = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  return short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The text with what a terminal would obey written out, line breaks kept. */
export function printable(text: string): string {
  return text.replace(commanding, escaped);
}

/** As `printable`, with line breaks written out as well. */
export function oneLine(text: string): string {
  return printable(text.replaceAll('\n', '\\n'));
}
