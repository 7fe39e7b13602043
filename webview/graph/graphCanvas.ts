/** The canvas: draws when something changed, and tells what a person does with the pointer. */
import { select } from 'd3-selection';
import type { Selection } from 'd3-selection';
import { interpolateZoom } from 'd3-interpolate';
import { zoom, zoomIdentity } from 'd3-zoom';
import type { D3ZoomEvent, ZoomBehavior } from 'd3-zoom';
import {
  centred,
  greatestZoom,
  inSight,
  keptInSight,
  leastZoom,
  onScreen,
  openingView,
  wholeView,
  windowOf,
} from './camera.js';
import type { KeptView, Size, View } from './camera.js';
import { CanvasPen } from './canvasPen.js';
import { FittedTexts } from './fittedText.js';
import type { Look } from './paint.js';
import { paint } from './paint.js';
import type { Palette } from './palette.js';
import type { Scene } from './scene.js';
import { boxOf, itemAt } from './scene.js';

export interface CanvasEvents {
  /** A click on an item; -1 beside all. `onMark` where it met the mark that expands. */
  onPick(item: number, onMark: boolean): void;
  onDoubleClick(item: number): void;
  /** Pixels of the window. */
  onMenu(item: number, point: { readonly x: number; readonly y: number }): void;
  /** Pixels from the canvas's corner; -1 for no item. */
  onPoint(item: number, x: number, y: number): void;
  onView(view: KeptView): void;
}

export type CanvasLook = Omit<Look, 'palette' | 'texts'>;

const glideMilliseconds = 200;
/** Width and height of the corner of a holder that expands and collapses it, in pixels of the scene. */
const markSize = 24;

export class GraphCanvas {
  #scene: Scene | null = null;
  #palette: Palette;
  #look: CanvasLook;
  #view: View = { x: 0, y: 0, k: 1 };
  #size: Size = { width: 0, height: 0 };
  #ratio = 1;
  #pen: CanvasPen;
  #texts: FittedTexts;
  /** What the page shows by itself: it is aimed anew where the canvas changes its size, until a person looks elsewhere. */
  #aim: (() => View) | null = null;
  /** What the first click of a double click met: it may have moved since. */
  #clicked = -1;
  #frame = 0;
  #glide = 0;
  readonly #context: CanvasRenderingContext2D;
  readonly #selection: Selection<HTMLCanvasElement, unknown, null, undefined>;
  readonly #zoom: ZoomBehavior<HTMLCanvasElement, unknown>;
  readonly #resized: ResizeObserver;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    palette: Palette,
    look: CanvasLook,
    private readonly events: CanvasEvents,
  ) {
    this.#context = canvas.getContext('2d')!;
    this.#palette = palette;
    this.#look = look;
    this.#pen = new CanvasPen(this.#context, palette.family);
    this.#texts = new FittedTexts((text, size, bold) => this.#pen.widthOf(text, size, bold));
    this.#selection = select(canvas);
    this.#zoom = zoom<HTMLCanvasElement, unknown>()
      .extent(() => [
        [0, 0],
        [this.#size.width, this.#size.height],
      ])
      .clickDistance(4)
      .filter((event: MouseEvent) => event.button === 0 && !(event.type === 'wheel' && event.shiftKey))
      .constrain((transform) => {
        const graph = this.#scene?.card;
        if (!graph) return transform;
        const { x, y, k } = keptInSight(transform, graph, this.#size);
        return zoomIdentity.translate(x, y).scale(k);
      })
      .on('start', ({ sourceEvent }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        if (!sourceEvent) return;
        cancelAnimationFrame(this.#glide);
        this.#aim = null;
      })
      .on('zoom', ({ transform: { x, y, k } }: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
        this.#view = { x, y, k };
        this.draw();
        events.onView({ ...this.#view, width: this.#size.width });
      });
    this.#selection.call(this.#zoom).on('dblclick.zoom', null);
    canvas.addEventListener('wheel', this.#onWheel, { passive: false });
    canvas.addEventListener('click', this.#onClick);
    canvas.addEventListener('dblclick', this.#onDoubleClick);
    canvas.addEventListener('contextmenu', this.#onMenu);
    canvas.addEventListener('pointermove', this.#onMove);
    canvas.addEventListener('pointerleave', this.#onLeave);
    this.#resized = new ResizeObserver(() => this.#resize());
    this.#resized.observe(canvas);
    this.#resize();
  }

  dispose(): void {
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
    cancelAnimationFrame(this.#glide);
    this.#selection.on('.zoom', null);
    this.canvas.removeEventListener('wheel', this.#onWheel);
    this.canvas.removeEventListener('click', this.#onClick);
    this.canvas.removeEventListener('dblclick', this.#onDoubleClick);
    this.canvas.removeEventListener('contextmenu', this.#onMenu);
    this.canvas.removeEventListener('pointermove', this.#onMove);
    this.canvas.removeEventListener('pointerleave', this.#onLeave);
  }

  get view(): View {
    return this.#view;
  }

  get size(): Size {
    return this.#size;
  }

  /** Shows another scene: from `view` where that is given, else with the item `anchor` of both where it was. */
  show(scene: Scene, view: KeptView | null, anchor: string | null): void {
    const before = this.#scene;
    this.#scene = scene;
    this.#zoom.scaleExtent([leastZoom(scene.card, this.#size), greatestZoom]);
    const from = anchor === null ? undefined : before?.positionOf.get(anchor);
    const to = anchor === null ? undefined : scene.positionOf.get(anchor);
    this.#aim = null;
    if (view) {
      this.#aim = () => onScreen(view, this.#size);
      this.#move(this.#aim());
    } else if (before && from !== undefined && to !== undefined) {
      const old = boxOf(before, from);
      const now = boxOf(scene, to);
      const { x, y, k } = this.#view;
      this.#move({ x: x + k * (old.left - now.left), y: y + k * (old.top - now.top), k });
    } else if (!before) {
      this.#aim = () => openingView(scene.card, this.#size);
      this.#move(this.#aim());
    } else this.#move(this.#view);
    this.draw();
  }

  restyle(look: CanvasLook): void {
    this.#look = look;
    this.draw();
  }

  usePalette(palette: Palette): void {
    this.#palette = palette;
    this.#usePen();
    this.draw();
  }

  fit(): void {
    const { card } = this.#scene ?? {};
    if (!card) return;
    this.#aim = () => wholeView(card, this.#size);
    this.#glideTo(this.#aim());
  }

  /** About the item at hand where it is in sight, else about the middle of the screen. */
  zoomBy(factor: number): void {
    const { current } = this.#look;
    const box = this.#scene && current >= 0 ? boxOf(this.#scene, current) : null;
    const { x, y, k } = this.#view;
    const about: [number, number] =
      box && inSight(box, this.#view, this.#size)
        ? [x + k * (box.left + box.width / 2), y + k * (box.top + box.height / 2)]
        : [this.#size.width / 2, this.#size.height / 2];
    this.#aim = null;
    this.#zoom.scaleBy(this.#selection, factor, about);
  }

  panBy(x: number, y: number): void {
    this.#aim = null;
    this.#zoom.translateBy(this.#selection, x / this.#view.k, y / this.#view.k);
  }

  /** Where an item begins, in pixels of the window. */
  cornerOf(item: number): { readonly x: number; readonly y: number } {
    const { left, top } = this.canvas.getBoundingClientRect();
    const box = boxOf(this.#scene!, item);
    return { x: left + this.#view.x + this.#view.k * box.left, y: top + this.#view.y + this.#view.k * box.top };
  }

  /** Puts a point of the scene in the middle of the screen. */
  centreOn(x: number, y: number): void {
    this.#aim = null;
    this.#move(centred({ left: x, top: y, width: 0, height: 0 }, this.#size, this.#view.k));
  }

  /** Brings an item in sight where it is not, and large enough to be read where it must be looked for. */
  reveal(item: number, centre = false): void {
    if (!this.#scene) return;
    const box = boxOf(this.#scene, item);
    const tooSmall = centre && this.#view.k < 0.6;
    if (!tooSmall && inSight(box, this.#view, this.#size)) return;
    const k = tooSmall ? 1 : this.#view.k;
    const fits = k * box.width <= this.#size.width && k * box.height <= this.#size.height;
    const shown = fits || tooSmall ? box : { ...box, height: Math.min(box.height, this.#size.height / k) };
    this.#aim = centre ? () => centred(shown, this.#size, k) : null;
    this.#glideTo(centred(shown, this.#size, k));
  }

  /** Draws before the next frame of the screen. */
  draw(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #paint(): void {
    this.#frame = 0;
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const scene = this.#scene;
    if (!scene || this.#size.width === 0) return;
    const { x, y, k } = this.#view;
    context.setTransform(k * this.#ratio, 0, 0, k * this.#ratio, x * this.#ratio, y * this.#ratio);
    const window = windowOf(this.#view, this.#size);
    const look = { ...this.#look, palette: this.#palette, texts: this.#texts };
    paint(this.#pen, scene, scene.itemsIn(window), scene.edgesIn(window), look, k);
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const before = { ...this.#view, width: this.#size.width };
    this.#ratio = devicePixelRatio;
    this.#size = { width, height };
    this.canvas.width = Math.round(width * this.#ratio);
    this.canvas.height = Math.round(height * this.#ratio);
    this.#usePen();
    if (this.#scene) this.#zoom.scaleExtent([leastZoom(this.#scene.card, this.#size), greatestZoom]);
    if (width > 0 && this.#aim) this.#move(this.#aim());
    else if (width > 0 && before.width > 0 && this.#scene) {
      this.#move(onScreen(before, this.#size));
      if (this.#look.current >= 0) this.reveal(this.#look.current);
    }
    // What a canvas shows is gone with its size: it is drawn at once, so that nothing blinks.
    cancelAnimationFrame(this.#frame);
    this.#paint();
  }

  /** A context forgets its settings with its size: a new pen sets them. */
  #usePen(): void {
    this.#pen = new CanvasPen(this.#context, this.#palette.family);
  }

  #move({ x, y, k }: View): void {
    cancelAnimationFrame(this.#glide);
    this.#zoom.transform(this.#selection, zoomIdentity.translate(x, y).scale(k));
  }

  #glideTo(target: View): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return this.#move(target);
    cancelAnimationFrame(this.#glide);
    const { width, height } = this.#size;
    // As the middle of the screen in the scene, and the width that is seen of it: what d3 goes between.
    const seen = ({ x, y, k }: View): [number, number, number] => [
      (width / 2 - x) / k,
      (height / 2 - y) / k,
      width / k,
    ];
    const between = interpolateZoom(seen(this.#view), seen(target));
    const began = performance.now();
    const step = (now: number): void => {
      const part = Math.min(1, Math.max(0, (now - began) / glideMilliseconds));
      if (part === 1) return this.#move(target);
      const [x, y, across] = between(part * (2 - part));
      const k = width / across;
      this.#zoom.transform(this.#selection, zoomIdentity.translate(width / 2 - k * x, height / 2 - k * y).scale(k));
      this.#glide = requestAnimationFrame(step);
    };
    this.#glide = requestAnimationFrame(step);
  }

  #at(event: MouseEvent): { item: number; x: number; y: number; sceneX: number; sceneY: number } {
    const { left, top } = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const [sceneX, sceneY] = [(x - this.#view.x) / this.#view.k, (y - this.#view.y) / this.#view.k];
    return { item: this.#scene ? itemAt(this.#scene, sceneX, sceneY) : -1, x, y, sceneX, sceneY };
  }

  #onClick = (event: MouseEvent): void => {
    const { item, sceneX, sceneY } = this.#at(event);
    if (event.detail > 1) return;
    this.#clicked = item;
    const shown = item < 0 ? null : this.#scene!.items[item]!;
    const box = item < 0 ? null : boxOf(this.#scene!, item);
    const onMark =
      shown !== null &&
      shown.expandable &&
      sceneX - box!.left < markSize &&
      sceneY - box!.top < Math.max(markSize, shown.expanded ? 0 : box!.height);
    this.events.onPick(item, onMark);
  };

  #onDoubleClick = (event: MouseEvent): void => {
    event.preventDefault();
    if (this.#clicked >= 0) this.events.onDoubleClick(this.#clicked);
  };

  #onMenu = (event: MouseEvent): void => {
    const { item } = this.#at(event);
    event.preventDefault();
    if (item >= 0) this.events.onMenu(item, { x: event.clientX, y: event.clientY });
  };

  #onMove = (event: PointerEvent): void => {
    if (event.buttons !== 0) return this.#onLeave();
    const { item, x, y } = this.#at(event);
    this.events.onPoint(item, x, y);
  };

  #onLeave = (): void => this.events.onPoint(-1, 0, 0);

  /** With Shift the wheel pans. */
  #onWheel = (event: WheelEvent): void => {
    if (!event.shiftKey || event.ctrlKey) return;
    event.preventDefault();
    this.panBy(-(event.deltaX || event.deltaY), event.deltaX === 0 ? 0 : -event.deltaY);
  };
}
