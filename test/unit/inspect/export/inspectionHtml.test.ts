import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { exportedLayers } from '../../../../src/inspect/export/exportedLayers.js';
import type { ExportedInspection } from '../../../../src/inspect/export/html/inspectionHtml.js';
import { inspectionHtml } from '../../../../src/inspect/export/html/inspectionHtml.js';
import { inspection } from '../../../../src/inspect/inspectModel.js';
import { sentence } from '../../../../src/messages/catalog.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { samplePath } from '../../models.js';

interface Element {
  readonly nodeName: string;
  readonly value?: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly Element[];
}

async function lenet(): Promise<ExportedInspection> {
  const opened = await openModel(samplePath('lenet-5.onnx'));
  const result = await inspection(opened, { statistics: true });
  await opened.close();
  return {
    file: 'lenet-5.onnx',
    card: result.model,
    layers: exportedLayers(result),
    findings: result.findings,
    warnings: [],
  };
}

/** The elements of a page, of which the HTML standard's parser has nothing to complain. */
function elements(of: ExportedInspection): Element[] {
  const errors: string[] = [];
  const document = parse([...inspectionHtml(of)].join(''), { onParseError: ({ code }) => errors.push(code) });
  expect(errors).toEqual([]);
  const found: Element[] = [];
  const visit = (element: Element) => {
    found.push(element);
    element.childNodes?.forEach(visit);
  };
  visit(document as Element);
  return found;
}

const textOf = (element: Element): string => element.value ?? (element.childNodes ?? []).map(textOf).join('');
const named = (of: readonly Element[], name: string) => of.filter(({ nodeName }) => nodeName === name);
const attribute = ({ attrs }: Element, name: string) => attrs?.find((each) => each.name === name)?.value;

describe('the exported page', async () => {
  const sample = await lenet();

  it('has a row for every layer, with its exact numbers', () => {
    const rows = named(elements(sample), 'tr').filter((row) => attribute(row, 'id')?.startsWith('layer-'));
    expect(rows).toHaveLength(sample.layers.length);
    const cells = rows[0]!.childNodes!;
    expect(cells.map(textOf).slice(0, 14)).toEqual([
      ...['0', '/conv1/Conv', 'Conv', 'batch×20×24×24', '20×1×5×5', 'float32'],
      ...['520', '2.08 KB', '0.1 %', '288 K', '-0.4533', '0.3236', '0.1549', '0'],
    ]);
    expect(cells.slice(6, 12).map((cell) => Number(attribute(cell, 'data-value')))).toEqual([
      520,
      2080,
      sample.layers[0]!.share,
      288000,
      sample.layers[0]!.figures!.min,
      sample.layers[0]!.figures!.max,
    ]);
  });

  it('draws a histogram for every measured layer, with words for who cannot see it', () => {
    const drawings = named(elements(sample), 'svg');
    expect(drawings).toHaveLength(sample.layers.filter(({ figures }) => figures).length);
    for (const drawing of drawings) {
      expect(attribute(drawing, 'role')).toBe('img');
      expect(attribute(drawing, 'aria-label')).toMatch(
        /^histogram of .+: 64 bins from .+ to .+, the fullest in bin \d+$/,
      );
    }
  });

  it('says the findings, each linked to a row that is there', () => {
    const all = elements(sample);
    const ids = new Set(all.map((element) => attribute(element, 'id')));
    const links = named(all, 'a').map((link) => attribute(link, 'href')!);
    expect(links).toHaveLength(sample.findings.length);
    for (const link of links) expect(ids).toContain(link.slice(1));
  });

  it('loads nothing, and lets no script run but its own', () => {
    const all = elements(sample);
    const loading = ['src', 'srcset', 'data', 'action', 'poster'];
    for (const element of all) for (const name of loading) expect(attribute(element, name)).toBeUndefined();
    expect(named(all, 'link')).toEqual([]);
    const [script, ...more] = named(all, 'script');
    expect(more).toEqual([]);
    const hash = createHash('sha256').update(textOf(script!)).digest('base64');
    const policy = all.find((element) => attribute(element, 'http-equiv') === 'Content-Security-Policy')!;
    expect(attribute(policy, 'content')).toContain(`script-src 'sha256-${hash}'`);
  });

  it('shows whatever names a model has, as text', () => {
    const structure = named(elements(sample), 'td').length;
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '</td><script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "' onclick='x",
        '\ud800',
        '<!--',
        '\0\x1b[2J\ufffe',
      ),
    );
    fc.assert(
      fc.property(name, (text) => {
        const layers = sample.layers.map((layer) => ({
          ...layer,
          card: {
            ...layer.card,
            name: text,
            domain: text,
            weights: layer.card.weights.map((weight) => ({
              ...weight,
              name: text,
              unreadable: sentence('inspect.unreadable', { reason: text, mend: text }),
            })),
          },
        }));
        const card = { ...sample.card, metadata: { [text]: text }, producer: text };
        const all = elements({ ...sample, file: text, card, layers });
        expect(named(all, 'td')).toHaveLength(structure + 1);
        expect(named(all, 'script')).toHaveLength(1);
        expect(named(all, 'img')).toHaveLength(0);
        for (const { attrs } of all) expect(attrs?.some((each) => each.name.startsWith('on')) ?? false).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('says that there is nothing to find where there is nothing', () => {
    const all = elements({ ...sample, findings: [], layers: [] });
    expect(named(all, 'p').map(textOf)).toContain('Nothing that is odd, broken, or could be saved.');
  });
});
