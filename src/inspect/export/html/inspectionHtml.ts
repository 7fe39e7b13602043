import { createHash } from 'node:crypto';
import { english, sentence } from '../../../messages/catalog.js';
import type { SentenceId } from '../../../messages/catalog.js';
import type { Message, MessageParams } from '../../../messages/message.js';
import { formatBytes, formatCount, formatInteger } from '../../../messages/units.js';
import type { Finding, ModelCard, ValueCard } from '../../inspection.js';
import type { ExportedLayer } from '../layersTable.js';
import { layerHead, layerRow, rowId } from './layerRows.js';
import { markup, Markup } from './markup.js';
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
  yield head(text('inspect.html.title', { file })).text;
  yield markup`<h1>${file}</h1>
<p class="quiet">${text('inspect.html.summary', {
    parameters: formatCount(card.parameters),
    bytes: formatBytes(card.bytes),
    macs: card.macs === null ? text('inspect.html.unknown') : formatCount(card.macs),
    layers: formatInteger(layers.length),
  })}</p>
`.text;
  if (warnings.length > 0) {
    const items = warnings.map((warning) => markup`<li>${english(warning)}</li>\n`);
    yield section('inspect.html.warnings', markup`<ul>\n${items}</ul>`).text;
  }
  yield section('inspect.html.file', markup`<table class="facts"><tbody>\n${facts(card)}</tbody></table>`).text;
  yield section('inspect.html.findings', findingList(findings, layers)).text;
  yield markup`<h2 id="layers">${text('inspect.html.layers')}</h2>
<p class="quiet">${text('inspect.html.layers.note')}</p>
<template><p><input type="search" aria-label="${text('inspect.html.filter')}" placeholder="${text('inspect.html.filter')}"></p></template>
<div class="layers" role="region" aria-labelledby="layers" tabindex="0"><table>
<thead>
${layerHead()}</thead>
<tbody>
`.text;
  for (const layer of layers) yield layerRow(layer).text;
  yield markup`</tbody>
</table></div>
<p class="quiet">${text('inspect.html.made')}</p>
</main>
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

/** Nothing is loaded, and no script runs but ours: a name in the model that looks like one stays a name. */
const scriptHash = createHash('sha256').update(script).digest('base64');
const contentPolicy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'`;

const head = (title: string): Markup => markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
`;

const section = (title: SentenceId, content: Markup): Markup => markup`<h2>${text(title)}</h2>
${content}
`;

function facts(card: ModelCard): Markup[] {
  const opsets = Object.entries(card.opsets).map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`);
  const amounts = (of: Readonly<Record<string, number>>, format: (amount: number) => string) =>
    Object.entries(of).map(([name, amount]) => `${name} ${format(amount)}`);
  return [
    fact(text('inspect.html.inputs'), card.inputs.map(valueText)),
    fact(text('inspect.html.outputs'), card.outputs.map(valueText)),
    fact(text('inspect.html.types'), [amounts(card.bytesByType, formatBytes).join(', ')]),
    fact(text('inspect.html.operators'), [amounts(card.operators, formatInteger).join(', ')]),
    fact(text('inspect.html.opsets'), [opsets.join(', ')]),
    fact(text('inspect.html.ir'), [String(card.irVersion)]),
    fact(text('inspect.html.producer'), [card.producer || text('inspect.html.unknown')]),
    ...Object.entries(card.metadata).map(([name, value]) => fact(name, [value])),
  ];
}

function fact(name: string, lines: readonly string[]): Markup {
  const broken = lines.map((line, i) => (i === 0 ? markup`${line}` : markup`<br>${line}`));
  return markup`<tr><th scope="row">${name}</th><td>${broken}</td></tr>\n`;
}

function valueText({ name, dtype, shape }: ValueCard): string {
  return `${name}: ${dtype ?? text('inspect.html.unknown')}[${shape ? shape.map((size) => size ?? '?').join(', ') : '?'}]`;
}

/** The findings, each with a link to the row of its layer. */
function findingList(findings: readonly Finding[], layers: readonly ExportedLayer[]): Markup {
  if (findings.length === 0) return markup`<p class="quiet">${text('inspect.html.no-findings')}</p>`;
  const index = new Map(layers.map((layer) => [layer.card.name, layer.index]));
  const items = findings.map(({ layer, message }) => {
    const at = index.get(layer);
    const link =
      at === undefined ? null : markup` <a href="#${rowId(at)}">${text('inspect.html.row', { index: at })}</a>`;
    return markup`<li>${english(message)}${link}</li>\n`;
  });
  return markup`<ul>\n${items}</ul>`;
}

function text(id: SentenceId, params: MessageParams = {}): string {
  return english(sentence(id, params));
}
