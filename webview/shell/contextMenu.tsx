/** The menu of the thing that was pointed at; one at a time, over all pages. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { MenuItem } from './menuList.js';
import { MenuList } from './menuList.js';

interface OpenMenu {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly x: number;
  readonly y: number;
  /** Gets the focus back. */
  readonly opener: Element | null;
}

const shown = signal<OpenMenu | null>(null);

/** Opens a menu at a point of the window, in pixels. */
export function openContextMenu(label: string, items: readonly MenuItem[], { x, y }: { x: number; y: number }): void {
  shown.value = { label, items, x, y, opener: document.activeElement };
}

export function ContextMenu(): JSX.Element | null {
  const menu = shown.value;
  if (menu === null) return null;
  return (
    <div class="context-menu" key={`${menu.x} ${menu.y} ${menu.label}`}>
      <MenuList
        label={menu.label}
        items={menu.items}
        at={menu}
        onClose={(back) => {
          shown.value = null;
          if (back && menu.opener instanceof HTMLElement) menu.opener.focus();
        }}
      />
    </div>
  );
}
