import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { SentenceId } from '../src/messages/catalog.js';
import { t } from './format/text.js';

/** Tabs by the pattern of WAI-ARIA: one stop of the Tab key, walked by arrows, Home and End, shown at once. */
export function TabList<Name extends string>(props: {
  readonly label?: string;
  readonly class?: string;
  readonly tabs: readonly { readonly name: Name; readonly title: SentenceId }[];
  readonly chosen: Name;
  /** The panel that they change; the tabs' own ids begin with it. */
  readonly panelId: string;
  onChoose(name: Name): void;
}): JSX.Element {
  const { tabs, chosen, panelId, onChoose } = props;
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const current = tabs.findIndex(({ name }) => name === chosen);
    const target = {
      ArrowLeft: (current + tabs.length - 1) % tabs.length,
      ArrowRight: (current + 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onChoose(tabs[target]!.name);
    list.current!.querySelectorAll<HTMLElement>('[role="tab"]')[target]!.focus();
  };
  return (
    <div
      class={`tabs${props.class ? ` ${props.class}` : ''}`}
      role="tablist"
      aria-label={props.label}
      ref={list}
      onKeyDown={onKeyDown}
    >
      {tabs.map(({ name, title }) => (
        <button
          key={name}
          id={tabId(panelId, name)}
          class="tab"
          role="tab"
          aria-selected={name === chosen}
          aria-controls={panelId}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {t(title)}
        </button>
      ))}
    </div>
  );
}

/** The id of a tab, by which its panel names itself. */
export const tabId = (panelId: string, name: string): string => `${panelId}-${name}`;
