import type { JSX } from 'preact';

/**
 * A layer's name, which is a path. Where it does not fit it is cut before its last two parts: neighbours share the
 * beginning of their names and differ at the end. A long name that is no path is cut before its last letters.
 */
export function LayerName({ name }: { readonly name: string }): JSX.Element {
  const [head, tail] = splitName(name);
  return (
    <span class="layer-name">
      {head !== '' && <span class="layer-scope">{head}</span>}
      <span class="layer-end">{tail}</span>
    </span>
  );
}

/** Letters of a name that is no path, of which it is cut from `longName` on, and those that stay. */
const longName = 24;
const keptLetters = 12;

/** The part of a name that may be cut, and the end that stays. */
export function splitName(name: string): [head: string, tail: string] {
  const last = name.lastIndexOf('/');
  const cut = last <= 0 ? -1 : name.lastIndexOf('/', last - 1);
  if (cut > 0) return [name.slice(0, cut + 1), name.slice(cut + 1)];
  const end = name.length < longName ? 0 : name.length - keptLetters;
  return [name.slice(0, end), name.slice(end)];
}
