import type { ComponentChildren, JSX } from 'preact';
import type { LayerRow } from '../../src/protocol/engineService.js';
import { shape } from '../format/figures.js';
import { t } from '../format/text.js';

/** The values that a layer reads and writes, but for its weights. */
export function Connections({ row: { card } }: { readonly row: LayerRow }): JSX.Element {
  const weights = new Set(card.weights.map(({ name }) => name));
  const inputs = card.inputs.filter((name) => name !== '' && !weights.has(name));
  return (
    <section>
      <h3>{t('page.detail.wiring')}</h3>
      <dl class="facts-list">
        <Names label={t('page.overview.inputs')} names={inputs} />
        <Names label={t('page.overview.outputs')} names={card.outputs}>
          {card.outputShape && <span class="quiet"> {shape(card.outputShape)}</span>}
        </Names>
      </dl>
    </section>
  );
}

function Names(props: {
  readonly label: string;
  readonly names: readonly string[];
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        {props.names.join(', ')}
        {props.children}
      </dd>
    </div>
  );
}
