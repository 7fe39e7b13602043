/** Copying a figure that is selected alone gives its exact value in place of the rounded one that is read. */
export function copyExactly(event: ClipboardEvent): void {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return;
  const within = (node: globalThis.Node | null): Element | null => {
    const element = node instanceof Element ? node : (node?.parentElement ?? null);
    return element?.closest('[data-exact]') ?? null;
  };
  const figure = within(selection.anchorNode);
  if (!figure || figure !== within(selection.focusNode)) return;
  event.clipboardData?.setData('text/plain', figure.getAttribute('data-exact')!);
  event.preventDefault();
}
