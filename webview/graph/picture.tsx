import type { JSX } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { formatInteger } from '../../src/messages/units.js';
import { t } from '../format/text.js';
import { summaryOfLayer, statisticsFraction } from '../state/layerRows.js';
import { changePageState } from '../state/pageState.js';
import { changeTabState, tabState } from '../state/tabState.js';
import type { KeptView, Size, View } from './camera.js';
import type { CanvasEvents, CanvasLook } from './graphCanvas.js';
import { GraphCanvas } from './graphCanvas.js';
import { current, currentId, measured, pick, shown, sought, toggle } from './graphState.js';
import { factsOf, spoken, titleOf } from './itemText.js';
import { Legend } from './legend.js';
import { metricText } from './metricFigure.js';
import { Minimap } from './minimap.js';
import { onThemeChange, readPalette } from './palette.js';
import type { Scene } from './scene.js';
import { edgeAt } from './scene.js';
import type { Tip } from './tooltip.js';
import { Tooltip } from './tooltip.js';
import type { Step } from './walk.js';
import { beginning, firstInside, holderOf, walk } from './walk.js';

/** What the toolbar does to the picture. */
export interface PictureHandle {
  fit(): void;
  zoomBy(factor: number): void;
  readonly view: View;
  readonly size: Size;
}

const steps: Readonly<Record<string, Step>> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};
const panPixels = 60;

/** Look of the scene: what is measured, and what is at hand. */
export function lookOf(pointed: number): CanvasLook {
  const known = measured.value;
  return {
    levels: known?.levels ?? null,
    metricText: (item) => (known ? metricText(known.metric, known.values[item] ?? NaN) : ''),
    summaryOf: summaryOfLayer,
    current: current.value,
    pointed,
  };
}

/** The graph as a picture, with its map and its legend. */
export function Picture(props: {
  readonly scene: Scene;
  readonly handle: { current: PictureHandle | null };
  onOpen(item: number): void;
  onShowInTable(item: number): void;
  onMenu(item: number, point: { readonly x: number; readonly y: number }): void;
  onSearch(): void;
}): JSX.Element {
  const { scene } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const widget = useRef<HTMLDivElement>(null);
  const graph = useRef<GraphCanvas | null>(null);
  const [palette, setPalette] = useState(readPalette);
  const [view, setView] = useState<View>({ x: 0, y: 0, k: 1 });
  const [pointed, setPointed] = useState(-1);
  const [tip, setTip] = useState<Tip | null>(null);
  const help = useId();

  const remember = useRef(rememberLater());
  const events = useRef<CanvasEvents>(null!);
  events.current = {
    onPick: (item, onMark) => {
      widget.current!.focus();
      pick(item);
      const picked = scene.items[item];
      if (picked && onMark) toggle(picked.id);
      else if (picked && picked.layer >= 0) changePageState({ detailOpen: true });
    },
    onDoubleClick: (item) => {
      const { id, expandable } = scene.items[item]!;
      if (expandable) toggle(id);
      else props.onShowInTable(item);
    },
    onMenu: (item, point) => {
      widget.current!.focus();
      pick(item);
      props.onMenu(item, point);
    },
    onPoint: (item, x, y) => {
      setPointed(item);
      setTip(tipAt(scene, item, x, y, graph.current!.view));
    },
    onView: (seen) => {
      setView(seen);
      remember.current.view(seen);
    },
  };

  useLayoutEffect(() => {
    const drawn = new GraphCanvas(canvas.current!, palette, lookOf(-1), {
      onPick: (...args) => events.current.onPick(...args),
      onDoubleClick: (...args) => events.current.onDoubleClick(...args),
      onMenu: (...args) => events.current.onMenu(...args),
      onPoint: (...args) => events.current.onPoint(...args),
      onView: (...args) => events.current.onView(...args),
    });
    graph.current = props.handle.current = drawn;
    const leave = (): void => remember.current.now();
    window.addEventListener('pagehide', leave);
    const stop = onThemeChange(() => setPalette(readPalette()));
    return () => {
      stop();
      leave();
      window.removeEventListener('pagehide', leave);
      drawn.dispose();
      graph.current = props.handle.current = null;
    };
  }, []);
  useEffect(() => graph.current!.usePalette(palette), [palette]);
  const known = measured.value;
  const at = current.value;
  const fraction = statisticsFraction.value;
  useLayoutEffect(() => graph.current!.restyle(lookOf(pointed)), [scene, known, at, pointed, fraction]);
  const first = useRef(true);
  useLayoutEffect(() => {
    graph.current!.show(scene, first.current ? tabState().graphView : null, shown.peek()?.anchor ?? null);
    first.current = false;
  }, [scene]);
  const target = sought.value;
  useLayoutEffect(() => {
    const position = scene.positionOf.get(target ?? '');
    if (position === undefined) return;
    sought.value = null;
    graph.current!.reveal(position, true);
  }, [scene, target]);

  const go = (to: number): void => {
    if (to < 0) return;
    pick(to);
    graph.current!.reveal(to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = steps[event.key];
    if (step && event.shiftKey) {
      const [x, y] = { left: [1, 0], right: [-1, 0], previous: [0, 1], next: [0, -1] }[step] as [number, number];
      graph.current!.panBy(x * panPixels, y * panPixels);
    } else if (step) go(at < 0 ? beginning(scene) : walk(scene, at, step));
    else if (event.key === 'Home') go(beginning(scene));
    else if (event.key === '+' || event.key === '=') graph.current!.zoomBy(1.25);
    else if (event.key === '-') graph.current!.zoomBy(0.8);
    else if (event.key === '0') graph.current!.fit();
    else if (event.key === '/') props.onSearch();
    else if (at < 0) return;
    else if (event.key === 'Enter') enter(at);
    else if (event.key === ' ') toggle(scene.items[at]!.id);
    else if (event.key === 'Escape') go(holderOf(scene, at));
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))
      props.onMenu(at, graph.current!.cornerOf(at));
    else if (event.key === 'l') props.onShowInTable(at);
    else return;
    event.preventDefault();
  };
  const enter = (item: number): void => {
    const { id, expandable, expanded } = scene.items[item]!;
    if (!expandable) props.onOpen(item);
    else if (expanded) go(firstInside(scene, item));
    else toggle(id);
  };
  return (
    <div class="graph-picture">
      <div
        ref={widget}
        class="graph-widget"
        role="application"
        tabIndex={0}
        aria-label={t('page.graph.label', {
          shown: formatInteger(scene.items.length),
          nodes: formatInteger(scene.card.nodes),
        })}
        aria-describedby={help}
        onKeyDown={onKeyDown}
      >
        <canvas ref={canvas} aria-hidden="true" />
      </div>
      <p class="unseen" id={help}>
        {t('page.graph.help')}
      </p>
      <p class="unseen" role="status">
        {at >= 0 && currentId.value !== null ? spoken(scene, at, known) : ''}
      </p>
      <Legend />
      <Minimap
        scene={scene}
        levels={known?.levels ?? null}
        palette={palette}
        view={view}
        screen={graph.current?.size ?? { width: 0, height: 0 }}
        onMove={(x, y) => graph.current!.centreOn(x, y)}
      />
      {tip && <Tooltip tip={tip} />}
    </div>
  );
}

const settleMilliseconds = 150;

/** Keeps the view over hiding and reloading, once it stands still. */
function rememberLater(): { view(view: KeptView): void; now(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: KeptView | null = null;
  const now = (): void => {
    clearTimeout(timer);
    if (last) changeTabState({ graphView: last });
    last = null;
  };
  return {
    view(view) {
      last = view;
      clearTimeout(timer);
      timer = setTimeout(now, settleMilliseconds);
    },
    now,
  };
}

function tipAt(scene: Scene, item: number, x: number, y: number, view: View): Tip | null {
  const over = scene.items[item];
  if (!over || over.expanded) {
    const edge = edgeAt(scene, (x - view.x) / view.k, (y - view.y) / view.k, 4 / view.k);
    if (edge >= 0) return { x, y, title: scene.edges.labels[edge]!, facts: [] };
  }
  if (!over) return null;
  const known = measured.peek();
  return { x, y, title: titleOf(over), facts: factsOf(over, known?.values[item] ?? NaN, known) };
}
