/** Charts as pictures that stand for themselves: the styles of the page are written into them. */

/** What of the computed style makes a difference in a chart. */
const drawn = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'opacity',
  'shape-rendering',
] as const;
const written = ['font-family', 'font-size', 'font-weight', 'font-style', 'text-anchor', 'dominant-baseline'] as const;

/** Pixels around the chart: labels may stand a little beyond it. */
const margin = 8;

/** The markup of a chart in the page, with its colours and fonts inlined, on the page's background. */
export function chartSvg(chart: SVGSVGElement): string {
  const { width, height } = chart.getBoundingClientRect();
  const copy = chart.cloneNode(true) as SVGSVGElement;
  inlineStyles(chart, copy);
  const size = { width: Math.ceil(width) + 2 * margin, height: Math.ceil(height) + 2 * margin };
  const label = chart.getAttribute('aria-label');
  setAttributes(copy, {
    xmlns: 'http://www.w3.org/2000/svg',
    ...size,
    viewBox: `${-margin} ${-margin} ${size.width} ${size.height}`,
    class: null,
    role: null,
    'aria-label': null,
  });
  const background = document.createElementNS(copy.namespaceURI!, 'rect');
  const { backgroundColor } = getComputedStyle(document.body);
  setAttributes(background, { x: -margin, y: -margin, ...size, fill: backgroundColor });
  copy.prepend(background);
  if (label !== null) {
    const title = document.createElementNS(copy.namespaceURI!, 'title');
    title.textContent = label;
    copy.prepend(title);
  }
  return `${new XMLSerializer().serializeToString(copy)}\n`;
}

/** A picture of `scale` pixels a unit, in PNG. */
export async function svgToPng(svg: string, scale = 2): Promise<Uint8Array> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (png === null) throw new Error(`no picture of ${canvas.width} by ${canvas.height} pixels`);
    return new Uint8Array(await png.arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}

function inlineStyles(original: Element, copy: Element): void {
  const style = getComputedStyle(original);
  const isText = original instanceof SVGTextElement;
  for (const property of isText ? [...drawn, ...written] : drawn) {
    const value = style.getPropertyValue(property);
    if (value !== '' && value !== 'none' && value !== 'auto') copy.setAttribute(property, value);
    else if (value === 'none' && property === 'fill') copy.setAttribute(property, value);
  }
  copy.removeAttribute('class');
  copy.removeAttribute('style');
  const children = [...copy.children];
  [...original.children].forEach((child, i) => inlineStyles(child, children[i]!));
}

function setAttributes(element: Element, attributes: Readonly<Record<string, string | number | null>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(name);
    else element.setAttribute(name, String(value));
  }
}
