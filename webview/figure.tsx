import type { JSX } from 'preact';
import type { Figure } from './format/figures.js';
import { t } from './format/text.js';

/** How a number came about: it is seen in its type, and said in the tooltip. */
export type Provenance = 'measured' | 'predicted' | 'estimated';

export function Value(props: { readonly figure: Figure; readonly provenance?: Provenance }): JSX.Element {
  const { figure, provenance } = props;
  const title = provenance === undefined ? figure.exact : t(`page.${provenance}`, { value: figure.exact });
  return (
    <span class={`value${provenance ? ` ${provenance}` : ''}`} title={title} data-exact={figure.exact}>
      {provenance === 'estimated' ? `≈ ${figure.text}` : figure.text}
    </span>
  );
}
