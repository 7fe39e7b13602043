/** The graph as it is shown: its layout, the metric that colours it, and the item at hand. */
import { computed, effect, signal } from '@preact/signals';
import type { FailureData } from '../../src/messages/failure.js';
import type { DiagramExpansion, DiagramMetric, DiagramPart } from '../../src/protocol/diagramCalls.js';
import { failureOf } from '../state/failureOf.js';
import { selectLayer, statisticsFraction } from '../state/layerRows.js';
import { changePageState, pageState } from '../state/pageState.js';
import type { GraphChoice, Selection } from '../state/pageState.js';
import { client, commandFailure, generation } from '../state/session.js';
import { tabState } from '../state/tabState.js';
import type { Scale } from './heat.js';
import { levelsOf, scaleOf } from './heat.js';
import type { Scene } from './scene.js';
import { sceneOf } from './scene.js';

export interface Shown {
  readonly scene: Scene;
  /** The item that stays where it is on the screen while the rest moves. */
  readonly anchor: string | null;
}

export interface Measured {
  readonly metric: DiagramMetric;
  /** Of the scene's items. */
  readonly values: Float64Array;
  readonly levels: Float32Array;
  readonly scale: Scale | null;
  readonly state: 'known' | 'partly' | 'missing';
}

/** The last layout; it stays while the next is made. */
export const shown = signal<Shown | null>(null);
export const laying = signal(false);
export const layoutFailure = signal<FailureData | null>(null);
/** Of the scene that is shown; null until the engine has answered. */
export const measured = signal<Measured | null>(null);
/** The id of the item at hand. */
export const currentId = signal<string | null>(null);
/** An item to bring to the middle of the screen, once. */
export const sought = signal<string | null>(null);

export const current = computed(() => shown.value?.scene.positionOf.get(currentId.value ?? '') ?? -1);

const choose = (change: Partial<GraphChoice>): void =>
  changePageState({ graph: { ...pageState.peek().graph, ...change } });

export const chooseMetric = (metric: DiagramMetric): void => choose({ metric });

let anchor: string | null = null;

/** Expands an item, or collapses it. */
export function toggle(id: string): void {
  const scene = shown.peek()?.scene;
  const item = scene?.items[scene.positionOf.get(id) ?? -1];
  if (!item?.expandable) return;
  const { expanded } = scene!.card;
  anchor = id;
  currentId.value = id;
  choose({ expanded: item.expanded ? expanded.filter((other) => other !== id) : [...expanded, id] });
}

export function expandAll(): void {
  anchor = currentId.peek();
  choose({ expanded: 'all' });
}

/** Back to what the engine shows by its own choice; where that is shown, all is collapsed. */
export function collapseAll(): void {
  anchor = null;
  choose({ expanded: pageState.peek().graph.expanded === null ? [] : null });
}

/** The layer that was selected here, until the selection has followed. */
let picked: number | null = null;

/** Makes an item the one at hand; where it is a layer, it is selected everywhere. */
export function pick(position: number): void {
  const item = shown.peek()?.scene.items[position];
  currentId.value = item?.id ?? null;
  if (!item || item.layer < 0 || item.layer === pageState.peek().selection?.index) return;
  picked = item.layer;
  selectLayer(item.layer).catch((error: unknown) => (commandFailure.value = failureOf(error)));
}

/** Shows a layer in the graph: what holds it is expanded. */
export async function reveal(layer: number): Promise<void> {
  const visible = shown.peek()?.scene;
  const position = visible?.positionOfLayer.get(layer);
  if (visible && position !== undefined) {
    currentId.value = sought.value = visible.items[position]!.id;
    return;
  }
  const path = await client.call('diagramReveal', { layer });
  if (path === null) return;
  const expanded = shown.peek()?.scene.card.expanded ?? [];
  currentId.value = sought.value = path.id;
  choose({ expanded: [...new Set([...expanded, ...path.holders])] });
}

let loading: AbortController | null = null;

async function load(expanded: DiagramExpansion): Promise<void> {
  loading?.abort();
  const controller = (loading = new AbortController());
  const parts: DiagramPart[] = [];
  laying.value = true;
  layoutFailure.value = null;
  try {
    const options = { signal: controller.signal, onEvent: (part: DiagramPart) => void parts.push(part) };
    const card = await client.call('diagram', { expanded }, options);
    if (loading !== controller) return;
    measured.value = null;
    shown.value = { scene: sceneOf(card, parts), anchor };
    anchor = null;
  } catch (error) {
    if (loading === controller) layoutFailure.value = failureOf(error);
  }
  if (loading === controller) laying.value = false;
}

export const loadAgain = (): void => void load(pageState.peek().graph.expanded);

let measuring: AbortController | null = null;

async function measure(scene: Scene, metric: DiagramMetric): Promise<void> {
  measuring?.abort();
  const controller = (measuring = new AbortController());
  try {
    const { expanded } = scene.card;
    const { values, state } = await client.call('diagramMetric', { expanded, metric }, { signal: controller.signal });
    if (measuring !== controller || shown.peek()?.scene !== scene) return;
    // What is expanded shows what it holds instead: its sum would leave no colours to the rest.
    const scale = scaleOf(
      metric,
      values.filter((_, at) => !scene.items[at]!.expanded),
    );
    measured.value = { metric, values, state, scale, levels: levelsOf(values, scale) };
  } catch (error) {
    if (measuring === controller) commandFailure.value = failureOf(error);
  }
}

/** Metrics that come from statistics, which stream in. */
const statistical: readonly DiagramMetric[] = ['zeros', 'range'];

/** Follows the model, what is expanded, the metric, and the selection of the other pages. */
export function followGraph(): void {
  const onPage = computed(() => pageState.value.page === 'graph');
  const expanded = computed(() => pageState.value.graph.expanded);
  const metric = computed(() => pageState.value.graph.metric);
  const selected = computed(() => pageState.value.selection);
  const measuredAll = computed(() => statisticsFraction.value >= 1);

  let read = 0;
  let laidOut: DiagramExpansion | undefined;
  effect(() => {
    const reading = generation.value;
    const wanted = expanded.value;
    if (reading === 0 || !onPage.value || (reading === read && wanted === laidOut)) return;
    if (reading !== read) shown.value = measured.value = null;
    read = reading;
    laidOut = wanted;
    void load(wanted);
  });
  effect(() => {
    const scene = shown.value?.scene;
    if (statistical.includes(metric.value)) void measuredAll.value;
    if (scene && onPage.value) void measure(scene, metric.value);
  });
  let followed: Selection | null | undefined;
  effect(() => {
    const selection = selected.value;
    if (shown.value === null || !onPage.value || selection === followed) return;
    const reopened = followed === undefined && tabState().graphView !== null;
    followed = selection;
    const layer = selection?.index ?? -1;
    const own = layer === picked;
    picked = null;
    if (layer < 0 || own) return;
    const { scene } = shown.value;
    const position = scene.positionOfLayer.get(layer);
    if (reopened && position !== undefined) {
      // Who comes back sees the graph as it was left.
      currentId.value = scene.items[position]!.id;
      return;
    }
    reveal(layer).catch((error: unknown) => (commandFailure.value = failureOf(error)));
  });
}
