import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../icon.js';

export interface MenuItem {
  readonly text: string;
  /** Whether it is on, where it is something to switch: then the menu stays open. */
  readonly checked?: boolean;
  run(): void;
}

/** The entries of an open menu, the first of them at hand. It closes by Escape, Tab, a choice, and a look elsewhere. */
export function MenuList(props: {
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** Where its corner lies in the window, in pixels; absent where the style sheet says where. */
  readonly at?: { readonly x: number; readonly y: number };
  /** `chosen` says whether the focus goes back to where it came from. */
  onClose(back: boolean): void;
}): JSX.Element {
  const { items, at, onClose } = props;
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);

  // At once: the next key is for the menu, however soon it comes.
  useLayoutEffect(() => {
    list.current!.querySelectorAll<HTMLElement>('.menu-item')[active]?.focus();
  }, [active]);
  useEffect(() => {
    const element = list.current!;
    if (at) {
      const { width, height } = element.getBoundingClientRect();
      element.style.left = `${Math.max(0, Math.min(at.x, innerWidth - width - 4))}px`;
      element.style.top = `${Math.max(0, Math.min(at.y, innerHeight - height - 4))}px`;
    }
    const closeOutside = (event: Event): void => {
      // What opened it may close it itself.
      if (!element.parentElement!.contains(event.target as globalThis.Node)) onClose(false);
    };
    const closeAway = (): void => onClose(false);
    document.addEventListener('pointerdown', closeOutside);
    window.addEventListener('blur', closeAway);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      window.removeEventListener('blur', closeAway);
    };
  }, []);

  const choose = (index: number): void => {
    const item = items[index]!;
    setActive(index);
    if (item.checked === undefined) onClose(true);
    item.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = items.length - 1;
    if (event.key === 'Escape') onClose(true);
    else if (event.key === 'Tab') onClose(false);
    else if (event.key === 'ArrowDown') setActive(active === last ? 0 : active + 1);
    else if (event.key === 'ArrowUp') setActive(active === 0 ? last : active - 1);
    else if (event.key === 'Home') setActive(0);
    else if (event.key === 'End') setActive(last);
    else if (event.key === 'Enter' || event.key === ' ') choose(active);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class={`menu${at ? ' free' : ''}`} role="menu" aria-label={props.label} ref={list} onKeyDown={onKeyDown}>
      {items.map((item, index) => (
        <div
          key={item.text}
          class="menu-item"
          role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
          aria-checked={item.checked}
          tabIndex={-1}
          onPointerMove={() => setActive(index)}
          onClick={() => choose(index)}
        >
          {item.checked === true && <Icon name="check" />}
          {item.text}
        </div>
      ))}
    </div>
  );
}
