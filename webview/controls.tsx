/** Buttons, fields and rings. The only module that knows @vscode/webview-ui-toolkit, so that it can be replaced here. */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import type { ComponentChildren, JSX, Ref } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.js';
import type { IconName } from './icon.js';

/** Defines the elements; to be called once, before the page is drawn. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

type ElementProps = JSX.HTMLAttributes<HTMLElement> & { [attribute: string]: unknown };

declare module 'preact' {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': ElementProps;
      'vscode-checkbox': ElementProps;
      'vscode-dropdown': ElementProps;
      'vscode-option': ElementProps;
      'vscode-progress-ring': ElementProps;
      'vscode-text-field': ElementProps;
    }
  }
}

export function Button(props: {
  readonly kind?: 'primary' | 'secondary';
  readonly disabled?: boolean;
  readonly class?: string;
  readonly title?: string;
  onClick(): void;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <vscode-button
      class={props.class}
      appearance={props.kind ?? 'secondary'}
      disabled={props.disabled ?? false}
      title={props.title}
      onClick={props.onClick}
    >
      {props.children}
    </vscode-button>
  );
}

export function IconButton(props: {
  readonly icon: IconName;
  readonly label: string;
  readonly kind?: 'primary' | 'icon';
  readonly class?: string;
  readonly expanded?: boolean;
  readonly buttonRef?: Ref<HTMLElement>;
  onClick(): void;
}): JSX.Element {
  return (
    <vscode-button
      ref={props.buttonRef}
      class={props.class}
      aria-label={props.label}
      aria-haspopup={props.expanded === undefined ? undefined : 'menu'}
      aria-expanded={props.expanded}
      appearance={props.kind ?? 'icon'}
      title={props.label}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </vscode-button>
  );
}

export function Checkbox(props: {
  readonly checked: boolean;
  readonly children: ComponentChildren;
  onChange(checked: boolean): void;
}): JSX.Element {
  const element = useRef<HTMLElement & { checked: boolean }>(null);
  // The element draws itself after it has been defined: its state is set as a property, and only where it differs.
  useLayoutEffect(() => {
    if (element.current!.checked !== props.checked) element.current!.checked = props.checked;
  });
  return (
    <vscode-checkbox
      ref={element}
      onChange={() => {
        if (element.current!.checked !== props.checked) props.onChange(element.current!.checked);
      }}
    >
      {props.children}
    </vscode-checkbox>
  );
}

export function Dropdown<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly class?: string;
  onChange(value: Value): void;
}): JSX.Element {
  const element = useRef<HTMLElement & { value: string }>(null);
  // The list knows a value only once its options stand in the document.
  useEffect(() => {
    if (element.current!.value !== props.value) element.current!.value = props.value;
  });
  return (
    <vscode-dropdown
      ref={element}
      class={props.class}
      aria-label={props.label}
      onChange={() => {
        const chosen = props.options.find(({ value }) => value === element.current!.value);
        if (chosen && chosen.value !== props.value) props.onChange(chosen.value);
      }}
    >
      {props.options.map(({ value, text }) => (
        <vscode-option key={value} value={value} selected={value === props.value}>
          {text}
        </vscode-option>
      ))}
    </vscode-dropdown>
  );
}

/** A field whose text counts once it is left or Enter is pressed. */
export function TextField(props: {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly kind: 'text' | 'number';
  onChange(value: string): void;
}): JSX.Element {
  const element = useRef<HTMLElement & { value: string }>(null);
  useLayoutEffect(() => {
    element.current!.value = props.value;
  }, [props.value]);
  useLayoutEffect(() => element.current!.setAttribute('aria-label', props.label), [props.label]);
  const commit = (): void => {
    if (element.current!.value !== props.value) props.onChange(element.current!.value);
  };
  return (
    <vscode-text-field
      ref={element}
      class={props.kind}
      placeholder={props.placeholder}
      onChange={commit}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}

export interface FieldHandle {
  focus(): void;
}

export function SearchField(props: {
  readonly label: string;
  readonly value: string;
  readonly fieldRef?: { current: FieldHandle | null };
  onInput(value: string): void;
  /** By Escape, Enter or the arrow down. */
  onLeave?(key: string): void;
}): JSX.Element {
  const element = useRef<HTMLElement & { value: string; select(): void }>(null);
  useLayoutEffect(() => {
    if (element.current!.value !== props.value) element.current!.value = props.value;
  });
  // The element names itself after its content when it is connected: the label is set after that.
  useLayoutEffect(() => element.current!.setAttribute('aria-label', props.label), [props.label]);
  useLayoutEffect(() => {
    if (props.fieldRef) props.fieldRef.current = { focus: () => takeFocus(element.current!) };
  });
  return (
    <vscode-text-field
      ref={element}
      class="search"
      placeholder={props.label}
      onInput={() => props.onInput(element.current!.value)}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Escape' || event.key === 'Enter' || event.key === 'ArrowDown') props.onLeave?.(event.key);
        else return;
        event.preventDefault();
      }}
    >
      <span slot="start">
        <Icon name="search" />
      </span>
    </vscode-text-field>
  );
}

/** What is typed then takes the place of what was there. */
function takeFocus(field: HTMLElement & { select(): void }): void {
  field.focus();
  field.select();
}

export function ProgressRing({ label }: { readonly label: string }): JSX.Element {
  return <vscode-progress-ring role="progressbar" aria-label={label} />;
}
