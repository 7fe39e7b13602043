/** HTML that cannot be broken by what it shows: every value in a template is escaped, unless it is markup itself. */

/** Markup that is finished. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | readonly Markup[] | null;

/** `markup\`<td>${name}</td>\``: null shows nothing, lists of markup one after the other. */
export function markup(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const parts = strings.map((text, i) => (i < values.length ? text + markupOf(values[i]!) : text));
  return new Markup(parts.join(''));
}

function markupOf(value: Value): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escaped(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute. What no HTML document may hold (controls, lone surrogates) becomes U+FFFD. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!).replace(forbidden, '�');
}

/** Control characters but tab and line feed, halves of surrogate pairs, noncharacters (HTML standard, 13.2.3.5). */
const forbidden = /[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\u{10ffff}]|\p{Noncharacter_Code_Point}/gu;
