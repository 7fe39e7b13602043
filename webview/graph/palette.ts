/** The theme's colours, which a canvas and a picture cannot take from style sheets. */

export interface Palette {
  readonly background: string;
  readonly foreground: string;
  readonly quiet: string;
  readonly line: string;
  /** The one hue of the heat. */
  readonly heat: string;
  readonly focus: string;
  readonly family: string;
}

/** As they are now; `--vscode-*` variables stand on the document's element. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.body);
  const read = (...names: readonly string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '') return value;
    }
    return style.color;
  };
  return {
    background: read('editor-background'),
    foreground: read('foreground'),
    quiet: read('descriptionForeground', 'foreground'),
    line: read('contrastBorder', 'charts-lines', 'foreground'),
    heat: read('charts-blue'),
    focus: read('focusBorder', 'contrastActiveBorder', 'foreground'),
    family: read('font-family'),
  };
}

/** Calls when the theme changes: VS Code rewrites the style of the document's element and the class of its body. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  return () => observer.disconnect();
}
