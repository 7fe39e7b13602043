import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Tip {
  /** Pixels from the corner of what it stands in. */
  readonly x: number;
  readonly y: number;
  readonly title: string;
  readonly facts: readonly string[];
}

/** Beside the pointer, within what it stands in. */
export function Tooltip({ tip }: { readonly tip: Tip }): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: tip.x + 12, top: tip.y + 16 });
  useLayoutEffect(() => {
    const { offsetWidth, offsetHeight, offsetParent } = element.current!;
    const { clientWidth, clientHeight } = offsetParent ?? document.documentElement;
    const below = tip.y + 16 + offsetHeight <= clientHeight;
    setPlace({
      left: Math.max(4, Math.min(tip.x + 12, clientWidth - offsetWidth - 4)),
      top: below ? tip.y + 16 : Math.max(4, tip.y - offsetHeight - 8),
    });
  }, [tip]);
  return (
    <div class="graph-tip" ref={element} aria-hidden="true" style={{ left: `${place.left}px`, top: `${place.top}px` }}>
      <div class="graph-tip-title">{tip.title}</div>
      {tip.facts.map((fact) => (
        <div key={fact}>{fact}</div>
      ))}
    </div>
  );
}
