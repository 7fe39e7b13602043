import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Size, View } from './camera.js';
import { windowOf } from './camera.js';
import { opacityOf } from './heat.js';
import type { Palette } from './palette.js';
import type { Scene } from './scene.js';

const greatest = 140;
/** A graph that is much longer than wide is drawn wider than it is. */
const least = 28;

/** The map's size in pixels. */
export function mapSize({ width, height }: Size): Size {
  const scale = greatest / Math.max(width, height, 1);
  return { width: Math.max(least, width * scale), height: Math.max(least, height * scale) };
}

/** The whole graph, small, with the part that is on the screen; it is dragged to look elsewhere. */
export function Minimap(props: {
  readonly scene: Scene;
  readonly levels: Float32Array | null;
  readonly palette: Palette;
  readonly view: View;
  readonly screen: Size;
  onMove(x: number, y: number): void;
}): JSX.Element {
  const { scene, levels, palette, view, screen } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = mapSize(scene.card);
  const [across, down] = [size.width / Math.max(1, scene.card.width), size.height / Math.max(1, scene.card.height)];
  useEffect(() => {
    // What is on the large canvas comes first.
    const frame = requestAnimationFrame(() => drawMap(canvas.current!, scene, levels, palette, size));
    return () => cancelAnimationFrame(frame);
  }, [scene, levels, palette]);
  const window = windowOf(view, screen);
  const clamp = (value: number, limit: number): number => Math.max(0, Math.min(limit, value));
  const [left, top] = [clamp(window.left * across, size.width), clamp(window.top * down, size.height)];
  const right = clamp((window.left + window.width) * across, size.width);
  const bottom = clamp((window.top + window.height) * down, size.height);
  const onPointer = (event: PointerEvent): void => {
    if (event.type === 'pointerdown') (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    else if ((event.buttons & 1) === 0) return;
    const box = canvas.current!.getBoundingClientRect();
    props.onMove((event.clientX - box.left) / across, (event.clientY - box.top) / down);
  };
  return (
    <div
      class="graph-minimap"
      style={{ width: `${size.width}px`, height: `${size.height}px` }}
      aria-hidden="true"
      onPointerDown={onPointer}
      onPointerMove={onPointer}
    >
      <canvas ref={canvas} style={{ width: `${size.width}px`, height: `${size.height}px` }} />
      <div
        class="graph-window"
        style={{
          transform: `translate(${left}px, ${top}px)`,
          width: `${Math.max(4, right - left)}px`,
          height: `${Math.max(4, bottom - top)}px`,
        }}
      />
    </div>
  );
}

function drawMap(
  canvas: HTMLCanvasElement,
  scene: Scene,
  levels: Float32Array | null,
  palette: Palette,
  size: Size,
): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  const [across, down] = [size.width / Math.max(1, scene.card.width), size.height / Math.max(1, scene.card.height)];
  const { boxes, items } = scene;
  items.forEach((item, at) => {
    const level = levels === null ? NaN : levels[at]!;
    const heated = !item.expanded && level >= 0;
    context.fillStyle = heated ? palette.heat : palette.foreground;
    const opacity = item.expanded ? 0.05 : heated ? 0.15 + 1.5 * opacityOf(level) : 0.25;
    const wide = Math.max(1, boxes[at * 4 + 2]! * across);
    const high = Math.max(1, boxes[at * 4 + 3]! * down);
    // Where many share a pixel, together they are as strong as one of them would be.
    context.globalAlpha = (opacity * boxes[at * 4 + 3]! * down) / high;
    context.fillRect(boxes[at * 4]! * across, boxes[at * 4 + 1]! * down, wide, high);
  });
}
