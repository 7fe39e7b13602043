import { createHash } from 'node:crypto';
import { english, sentence } from '../../../messages/catalog.js';
import type { SentenceId } from '../../../messages/catalog.js';
import type { Message, MessageParams } from '../../../messages/message.js';
import { formatBytes, formatCount, formatInteger } from '../../../messages/units.js';
import type { Finding, ModelCard, ValueCard } from '../../inspection.js';
import type { ExportedLayer } from '../layersTable.js';
import { layerHead, layerRow, rowId } from './layerRows.js';
import type { Markup } from './markup.js';
import { html, Markup as Finished } from './markup.js';
import { script } from './script.js';
import { style } from './style.js';

export interface ExportedInspection {
  /** The file's name, without its folder. */
  readonly file: string;
  readonly card: ModelCard;
  readonly layers: readonly ExportedLayer[];
  readonly findings: readonly Finding[];
  readonly warnings: readonly Message[];
}

/** A whole inspection as one page that needs nothing else: no network, and no script to be read. */
export function* inspectionHtml(of: ExportedInspection): Generator<string> {
  const { file, card, layers, findings, warnings } = of;
  const title = text('inspect.html.title', { file });
  yield html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${contentPolicy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${new Finished(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p class="quiet">
            ${text('inspect.html.summary', {
              parameters: formatCount(card.parameters),
              bytes: formatBytes(card.bytes),
              macs: card.macs === null ? text('inspect.html.unknown') : formatCount(card.macs),
              layers: formatInteger(layers.length),
            })}
          </p>
          ${listOf(
            'inspect.html.warnings',
            warnings.map((warning) => html`<li>${english(warning)}</li>`),
          )}
          <div class="cards">
            ${about(card)}${values('inspect.html.inputs', card.inputs)}${values('inspect.html.outputs', card.outputs)}${counts(
              'inspect.html.types',
              card.bytesByType,
              formatBytes,
            )}${counts('inspect.html.operators', card.operators, formatInteger)}
          </div>
          ${
            findings.length > 0
              ? listOf('inspect.html.findings', linkedFindings(findings, layers))
              : html`<h2>${text('inspect.html.findings')}</h2>
                  <p class="quiet">${text('inspect.html.no-findings')}</p> `
          }
          <h2 id="layers">${text('inspect.html.layers')}</h2>
          <p class="quiet">${text('inspect.html.layers.note')}</p>
          <template
            ><p>
              <input
                type="search"
                aria-label="${text('inspect.html.filter')}"
                placeholder="${text('inspect.html.filter')}"
              /></p
          ></template>
          <div class="layers" role="region" aria-labelledby="layers" tabindex="0">
            <table>
              <thead>
                ${layerHead()}
              </thead>
              <tbody></tbody>
            </table>
          </div>
        </main>
      </body>
    </html> `.text;
  for (const layer of layers) yield layerRow(layer).text;
  yield html`</tbody>
</table></div>
<p class="quiet">${text('inspect.html.made')}</p>
</main>
<script>${new Finished(script)}</script>
</body>
</html>
`.text;
}

/** Nothing is loaded, and no script runs but ours: a name in the model that looks like one stays a name. */
const contentPolicy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`;

function text(id: SentenceId, params: MessageParams = {}): string {
  return english(sentence(id, params));
}

function about(card: ModelCard): Markup {
  const opsets = Object.entries(card.opsets).map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`);
  return section('inspect.html.file', [
    html`<tr>
      <th scope="row">${text('inspect.html.opsets')}</th>
      <td>${opsets.join(', ')}</td>
    </tr>`,
    html`<tr>
      <th scope="row">${text('inspect.html.ir')}</th>
      <td>${card.irVersion}</td>
    </tr>`,
    html`<tr>
      <th scope="row">${text('inspect.html.producer')}</th>
      <td>${card.producer || text('inspect.html.unknown')}</td>
    </tr>`,
    ...Object.entries(card.metadata).map(
      ([name, value]) =>
        html`<tr>
          <th scope="row">${name}</th>
          <td>${value}</td>
        </tr>`,
    ),
  ]);
}

function values(title: SentenceId, cards: readonly ValueCard[]): Markup {
  return section(
    title,
    cards.map(({ name, dtype, shape }) => {
      const sizes = shape ? shape.map((size) => size ?? '?').join(', ') : '?';
      return html`<tr>
        <th scope="row">${name}</th>
        <td>${dtype ?? text('inspect.html.unknown')}[${sizes}]</td>
      </tr>`;
    }),
  );
}

function counts(title: SentenceId, of: Readonly<Record<string, number>>, format: (count: number) => string): Markup {
  return section(
    title,
    Object.entries(of).map(
      ([name, count]) =>
        html`<tr>
          <th scope="row">${name}</th>
          <td class="number">${format(count)}</td>
        </tr>`,
    ),
  );
}

function section(title: SentenceId, rows: readonly Markup[]): Markup {
  if (rows.length === 0) return html``;
  return html`<section>
    <h2>${text(title)}</h2>
    <table>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section> `;
}

function listOf(title: SentenceId, items: readonly Markup[]): Markup {
  if (items.length === 0) return html``;
  return html`<h2>${text(title)}</h2>
    <ul>
      ${items}
    </ul> `;
}

function linkedFindings(findings: readonly Finding[], layers: readonly ExportedLayer[]): Markup[] {
  const index = new Map(layers.map((layer) => [layer.card.name, layer.index]));
  return findings.map(({ layer, message }) => {
    const at = index.get(layer);
    const sentenceOf = english(message);
    return at === undefined
      ? html`<li>${sentenceOf}</li>`
      : html`<li>${sentenceOf} <a href="#${rowId(at)}" aria-label="${layer}">#${at}</a></li>`;
  });
}
