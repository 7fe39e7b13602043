import type { ComponentChildren, JSX } from 'preact';

/** A part of a page under its title; `action` stands at the end of the title's line. */
export function Section(props: {
  readonly title: string;
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <section>
      <div class="section-title">
        <h2>{props.title}</h2>
        {props.action}
      </div>
      {props.children}
    </section>
  );
}
