import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

/** What is drawn only once a person opens it. */
export function Disclosure(props: { readonly title: string; children(): ComponentChildren }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{props.title}</summary>
      {open && props.children()}
    </details>
  );
}
