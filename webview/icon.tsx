import type { JSX } from 'preact';

/** Code points of the codicons in use. */
const codepoints = {
  'arrow-down': '\uea9a',
  'arrow-right': '\uea9c',
  'arrow-up': '\ueaa1',
  check: '\ueab2',
  'chevron-down': '\ueab4',
  'chevron-right': '\ueab6',
  close: '\uea76',
  'collapse-all': '\ueac5',
  copy: '\uebcc',
  discard: '\ueae2',
  download: '\uec74',
  error: '\uea87',
  'expand-all': '\ueb95',
  info: '\uea74',
  'list-tree': '\ueb86',
  'screen-full': '\ueb4c',
  search: '\uea6d',
  'split-horizontal': '\ueb56',
  warning: '\uea6c',
  'zoom-in': '\ueb81',
  'zoom-out': '\ueb82',
} as const;

export type IconName = keyof typeof codepoints;

/** A codicon; it says nothing to a screen reader, for the text beside it does. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <span class="codicon" aria-hidden="true">
      {codepoints[name]}
    </span>
  );
}
