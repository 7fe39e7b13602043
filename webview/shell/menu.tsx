import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { IconButton } from '../controls.js';
import type { IconName } from '../icon.js';
import { Icon } from '../icon.js';

export interface MenuItem {
  readonly text: string;
  /** Whether it is on, where it is something to switch: then the menu stays open. */
  readonly checked?: boolean;
  run(): void;
}

/** A button that opens a menu below it. */
export function Menu(props: {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly kind?: 'primary' | 'icon';
  readonly icon?: IconName;
}): JSX.Element {
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    root.current!.querySelector<HTMLElement>(`[data-item="${active}"]`)?.focus();
    const closeOutside = (event: Event): void => {
      if (!root.current!.contains(event.target as globalThis.Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    window.addEventListener('blur', closeAway);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      window.removeEventListener('blur', closeAway);
    };
  }, [open, active]);

  const closeAway = (): void => setOpen(false);
  const close = (): void => {
    setOpen(false);
    button.current!.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = props.items.length - 1;
    if (event.key === 'Escape') close();
    else if (event.key === 'Tab') setOpen(false);
    else if (event.key === 'ArrowDown') setActive(active === last ? 0 : active + 1);
    else if (event.key === 'ArrowUp') setActive(active === 0 ? last : active - 1);
    else if (event.key === 'Home') setActive(0);
    else if (event.key === 'End') setActive(last);
    else if (event.key === 'Enter' || event.key === ' ') choose(active);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
  };
  const choose = (index: number): void => {
    const item = props.items[index]!;
    setActive(index);
    if (item.checked === undefined) close();
    item.run();
  };

  return (
    <div class="menu-root" ref={root}>
      <IconButton
        buttonRef={button}
        icon={props.icon ?? 'chevron-down'}
        label={props.label}
        kind={props.kind ?? 'icon'}
        expanded={open}
        onClick={() => {
          setActive(0);
          setOpen(!open);
        }}
      />
      {open && (
        <div class="menu" role="menu" aria-label={props.label} onKeyDown={onKeyDown}>
          {props.items.map((item, index) => (
            <div
              key={`${id}-${index}`}
              class="menu-item"
              role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
              aria-checked={item.checked}
              tabIndex={-1}
              data-item={index}
              onPointerMove={() => setActive(index)}
              onClick={() => choose(index)}
            >
              {item.checked === true && <Icon name="check" />}
              {item.text}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
