import { describe, expect, it } from 'vitest';
import { FittedTexts } from '../../../../webview/graph/fittedText.js';
import type { Look } from '../../../../webview/graph/paint.js';
import { paint } from '../../../../webview/graph/paint.js';
import { SvgPen } from '../../../../webview/graph/svgPen.js';
import { sampleScene, smallEdges, smallItems, smallScene } from './sampleScene.js';

const widthOf = (text: string, size: number): number => text.length * size * 0.5;
const palette = {
  background: '#101010',
  foreground: '#ffffff',
  quiet: '#999999',
  line: 'rgba(200, 200, 200, 0.5)',
  heat: '#59a4f9',
  focus: '#0078d4',
  family: '"Droid Sans", sans-serif',
};
const look: Look = {
  palette,
  texts: new FittedTexts(widthOf),
  levels: null,
  metricText: () => '',
  summaryOf: () => undefined,
  current: -1,
  pointed: -1,
};

function drawn(scene = smallScene(), change: Partial<Look> = {}, k = 1): string {
  const pen = new SvgPen(palette.family, widthOf);
  const window = { left: 0, top: 0, width: 300, height: 400 };
  paint(pen, scene, scene.itemsIn(window), scene.edgesIn(window), { ...look, ...change }, k);
  return pen.document(0, 0, 300, 400, palette.background);
}
const count = (text: string, part: string | RegExp): number => text.split(part).length - 1;

describe('the graph as SVG', () => {
  it('has every name, and says how large it is', () => {
    const svg = drawn();
    for (const name of ['Conv', 'conv1', '20×1×5×5', 'image', 'logits', '▸ head', '3 alike · 12 nodes', '▾ block'])
      expect(svg).toContain(name);
    expect(svg).toContain('viewBox="0 0 300 400"');
    expect(svg).not.toMatch(/NaN|undefined|var\(/);
  });

  it('is XML, whatever the names are', () => {
    const names = ['<script>', 'a & b', '"quoted"', 'bell\u0007', 'lone \ud800 half'];
    const scene = sampleScene(names.map((name, i) => ({ id: `${i}`, name, op: '', box: [0, 60 * i, 300, 50] })));
    const svg = drawn(scene);
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).toContain('a &amp; b');
    expect(svg).toContain('>bell<');
    // eslint-disable-next-line no-control-regex
    expect(svg).not.toMatch(/[\u0000-\u0008]|<script|&(?!amp;|lt;|gt;|quot;)/);
    expect(svg).not.toMatch(/\p{Surrogate}/u);
  });

  it('tells kinds apart without colour', () => {
    const kinds = ['scope', 'block', 'body', 'function'] as const;
    const shapes = kinds.map((kind) => {
      const svg = drawn(sampleScene([{ id: 'x', kind, expandable: true, expanded: true, box: [0, 0, 200, 100] }]));
      return svg.replace(/<text[^]*/, '');
    });
    expect(new Set(shapes).size).toBe(kinds.length);
  });

  it('fills by the level, and not where it is unknown', () => {
    const heat = `fill="${palette.heat}"`;
    const levels = (level: number): Float32Array => new Float32Array(smallItems.length).fill(level);
    expect(count(drawn(undefined, { levels: levels(NaN) }), heat)).toBe(0);
    // What is expanded shows what it holds instead.
    expect(count(drawn(undefined, { levels: levels(1) }), heat)).toBe(smallItems.length - 1);
  });

  it('marks the edges of the item at hand, with their values', () => {
    const svg = drawn(undefined, { current: 1 });
    expect(svg).toContain(palette.focus);
    expect(svg).toContain('float32[1,1,28,28]');
    expect(drawn()).not.toContain('float32[1,1,28,28]');
    expect(count(svg, 'M')).toBeGreaterThan(smallEdges.length);
  });

  it('leaves the texts away from afar, but for names of what holds others', () => {
    const far = drawn(undefined, {}, 0.05);
    expect(count(far, '<text')).toBe(0);
    const large = sampleScene([
      { id: 'scope', kind: 'scope', op: '', expandable: true, nodes: 9, box: [0, 0, 3000, 1000] },
    ]);
    expect(drawn(large, {}, 0.1)).toContain('▸ scope');
  });
});

describe('texts that do not fit', () => {
  it('are cut so that they do', () => {
    const texts = new FittedTexts(widthOf);
    expect(texts.fit('convolution', 30, 10, false)).toBe('convo…');
    expect(texts.fit('conv', 30, 10, false)).toBe('conv');
    expect(texts.fit('conv', 4, 10, false)).toBe('');
    // Not through the middle of a letter of two code units.
    expect(texts.fit('𝒜𝒜𝒜𝒜𝒜', 27, 10, false)).toBe('𝒜𝒜…');
  });
});
