import type { JSX } from 'preact';

/**
 * A layer's name, which is a path. Where it does not fit it is cut before its last two parts: neighbours share the
 * beginning of their names and differ at the end.
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

/** The part of a path that may be cut, and its last two parts. */
export function splitName(name: string): [head: string, tail: string] {
  const last = name.lastIndexOf('/');
  const cut = last <= 0 ? -1 : name.lastIndexOf('/', last - 1);
  return cut <= 0 ? ['', name] : [name.slice(0, cut + 1), name.slice(cut + 1)];
}
