import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { IconButton } from '../controls.js';
import type { IconName } from '../icon.js';
import type { MenuItem } from './menuList.js';
import { MenuList } from './menuList.js';

/** A button that opens a menu below it. */
export function Menu(props: {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly kind?: 'primary' | 'icon';
  readonly icon?: IconName;
}): JSX.Element {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLElement>(null);
  return (
    <div class="menu-root">
      <IconButton
        buttonRef={button}
        icon={props.icon ?? 'chevron-down'}
        label={props.label}
        kind={props.kind ?? 'icon'}
        expanded={open}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <MenuList
          label={props.label}
          items={props.items}
          onClose={(back) => {
            setOpen(false);
            if (back) button.current!.focus();
          }}
        />
      )}
    </div>
  );
}
