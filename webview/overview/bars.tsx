import type { JSX } from 'preact';
import type { Figure } from '../format/figures.js';
import { share } from '../format/figures.js';
import { t } from '../format/text.js';
import { LayerName } from '../layerName.js';
import type { Parts } from '../state/parts.js';
import { Value } from '../figure.js';

/** Parts of a whole as bars in a table: the table is what a screen reader reads. */
export function Bars(props: {
  readonly caption: string;
  readonly parts: Parts | null;
  /** Rows for which space is kept until the parts are known. */
  readonly expected: number;
  format(amount: number): Figure;
  onShow?(name: string): void;
}): JSX.Element {
  const { parts, onShow } = props;
  if (parts === null) return <div class="bars-pending" style={{ '--rows': props.expected }} />;
  const widest = Math.max(...parts.parts.map((part) => part.share), parts.rest?.share ?? 0);
  return (
    <table class="bars fresh" aria-label={props.caption}>
      <tbody>
        {parts.parts.map((part) => (
          <tr key={part.name}>
            <th scope="row" class="part-name" title={part.name}>
              <div>
                {onShow ? (
                  <button class="link" onClick={() => onShow(part.name)}>
                    <LayerName name={part.name} />
                  </button>
                ) : (
                  part.name
                )}
                {part.detail !== '' && <span class="kind">{part.detail}</span>}
              </div>
            </th>
            <BarCells share={part.share} widest={widest} figure={props.format(part.amount)} />
          </tr>
        ))}
        {parts.rest && (
          <tr class="rest">
            <th scope="row">{t('page.overview.rest', { count: parts.rest.count })}</th>
            <BarCells share={parts.rest.share} widest={widest} figure={props.format(parts.rest.amount)} />
          </tr>
        )}
      </tbody>
    </table>
  );
}

function BarCells(props: { readonly share: number; readonly widest: number; readonly figure: Figure }): JSX.Element {
  return (
    <>
      <td class="bar-cell" aria-hidden="true">
        <div class="bar" style={{ width: `${(props.share / props.widest) * 100}%` }} />
      </td>
      <td class="numeric">
        <Value figure={props.figure} />
      </td>
      <td class="numeric share">
        <Value figure={share(props.share)} />
      </td>
    </>
  );
}
