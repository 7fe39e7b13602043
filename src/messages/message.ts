/** One sentence a person reads, by its id in the catalogue and the values that fill it. */
export interface Message {
  readonly id: string;
  readonly params: MessageParams;
}

export type MessageParams = Readonly<Record<string, string | number>>;

/** Fills `{name}` in a template. A name without a value stays as it is, so that a mistake shows. */
export function fill(template: string, params: MessageParams): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    name in params ? String(params[name]) : placeholder,
  );
}
