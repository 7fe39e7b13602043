import { copyModel } from '../../graph/copy.js';
import { layersOf } from '../../graph/layers.js';
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { Names } from '../../graph/names.js';
import type { Node } from '../../graph/node.js';
import { removeDead } from '../../graph/removeDead.js';
import { sortTopologically } from '../../graph/sort.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { Applied, ApplyInput, Choices, Skipped } from '../method.js';
import { activationRanges } from './calibration/activationRanges.js';
import { chosenNodes } from './chosen.js';
import { floatValues } from './floatValues.js';
import { finishLikeOnnxruntime } from './finishLikeOnnxruntime.js';
import { nothingToDo } from './nothingToDo.js';
import { onnxruntimeNaming, shortNaming } from './naming.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import { insertQdq } from './qdq.js';
import { roundingTasks } from './rounding/roundingTasks.js';
import { roundWeights } from './rounding/roundWeights.js';
import type { RoundedWeights } from './rounding/rounding.js';
import type { QuantizeInput } from './scheme.js';
import type { StaticParameters, Unusable } from './staticParameters.js';
import { activationGrid, staticParameters } from './staticParameters.js';
import type { StaticPlan } from './staticPlan.js';
import { planStatic } from './staticPlan.js';
import type { ValueParameters } from './valueParameters.js';

/** Quantizes the chosen layers in QDQ format by the measured ranges. Layers whose values have no scale are left out. */
export async function applyStatic(input: QuantizeInput): Promise<Applied> {
  const { options, signal, onProgress } = input;
  const { model, layers, plan, parameters, enlarged, skipped } = await settlePlan(input);
  const chosen = chosenNodes(layers, input.choices, skipped);
  const { applied, sites, untouched } = outcome(layers, chosen, plan, input.choices);
  if (applied.length === 0) {
    throw nothingToDo([...skipped.values(), ...untouched]);
  }
  const exact = isExact(options);
  const naming = exact ? onnxruntimeNaming : shortNaming(new Names(model));
  const total = [...plan.placement.marks.keys()].filter((value) => model.graph.initializers.has(value)).length;
  let done = 0;
  const readsIntegers = (node: Node) => exact || chosen.has(node);
  const rounded = await roundChosen(input, plan, parameters, skipped);
  for (const [value, better] of rounded.weights) parameters.set(value, better.parameters);
  const style = { naming, readsIntegers, compact: !exact, rounded: rounded.weights };
  await insertQdq(model.graph, plan.placement, parameters, style, () => {
    signal?.throwIfAborted();
    onProgress?.(++done / total);
  });
  if (exact) finishLikeOnnxruntime(model);
  else {
    removeDead(model);
    sortTopologically(model.graph);
  }
  return {
    model,
    applied,
    skipped: [...skipped.values(), ...untouched],
    notes: [...notesOf(layers, plan, enlarged), ...rounded.notes],
    sites,
  };
}

/** Rounding to the nearest is done weight by weight where they are written. */
async function roundChosen(
  input: QuantizeInput,
  { placement }: StaticPlan,
  parameters: ReadonlyMap<string, ValueParameters>,
  skipped: ReadonlyMap<string, Skipped>,
): Promise<RoundedWeights> {
  const { model, options, choices } = input;
  if (options.rounding === 'nearest' && !input.rounded) return { weights: new Map(), notes: [] };
  const weights = [...parameters].filter(([value]) => placement.marks.get(value)?.kind === 'weight');
  const readers = chosenNodes(layersOf(model), choices, skipped);
  return roundWeights(model, await roundingTasks(model, weights, (node) => readers.has(node)), options, input);
}

interface Settled extends StaticParameters {
  readonly model: Model;
  readonly layers: readonly Layer[];
  readonly plan: StaticPlan;
  readonly skipped: Map<string, Skipped>;
}

/** Plans, and plans again without the layers that touch a value that cannot be quantized. */
async function settlePlan({ model: original, choices, statistics, options, signal }: ApplyInput<QuantizeOptions>) {
  const originals = layersOf(original);
  const wanted = chosenNodes(originals, choices);
  const skipped = new Map<string, Skipped>();
  const ranges = activationRanges(statistics, options, () => activationGrid(options));
  for (;;) {
    const model = copyModel(original);
    const layers = layersOf(model);
    const isFloat = floatValues(model);
    const chosen = chosenNodes(layers, choices, skipped);
    const plan = planStatic(model, chosen, isFloat, options);
    const found = await staticParameters(model.graph, plan, ranges, options, signal);
    if (found.unusable.size === 0) return { ...found, model, layers, plan, skipped } satisfies Settled;
    const before = skipped.size;
    for (const { name, node } of originals) {
      const value = [...node.inputs, ...node.outputs].find((each) => found.unusable.has(each));
      if (value === undefined || !wanted.has(node) || skipped.has(name)) continue;
      skipped.set(name, { layer: name, reason: unusableReason(value, found.unusable.get(value)) });
    }
    if (skipped.size === before) throw new RangeError(`no layer has ${[...found.unusable.keys()].join(', ')}`);
  }
}

function unusableReason(value: string, why: Unusable | undefined): Message {
  return why === 'no-statistics'
    ? sentence('compress.quantize.skipped.no-statistics', { value })
    : sentence('compress.quantize.skipped.not-finite', { value });
}

/** What became of each chosen layer, told from the marks before nodes are inserted. */
function outcome(layers: readonly Layer[], chosen: ReadonlySet<Node>, { placement }: StaticPlan, choices: Choices) {
  const nameOf = new Map(layers.map(({ node, name }) => [node, name]));
  const applied: Applied['applied'][number][] = [];
  const untouched: Skipped[] = [];
  const sites = new Map<string, readonly string[]>();
  for (const { name, node } of layers) {
    const absorber = placement.absorbed.get(node);
    sites.set(name, absorber ? [nameOf.get(absorber) ?? name] : [name]);
    if (!chosen.has(node)) continue;
    if (absorber || [...node.inputs, ...node.outputs].some((value) => placement.isMarked(value))) {
      applied.push({ layer: name, choice: choices.get(name)?.label ?? '' });
    } else untouched.push({ layer: name, reason: sentence('compress.quantize.skipped.input-float') });
  }
  return { applied, untouched, sites };
}

function notesOf(layers: readonly Layer[], { placement }: StaticPlan, enlarged: ReadonlySet<string>): Message[] {
  const notes: Message[] = [];
  const count = placement.absorbed.size;
  if (count > 0) notes.push(sentence('compress.quantize.note.absorbed', { count }));
  const widened = layers.filter(({ weights }) => weights.some(({ name }) => enlarged.has(name)));
  if (widened.length > 0) {
    const names = widened.map(({ name }) => name).join(', ');
    notes.push(sentence('compress.quantize.note.enlarged-scales', { count: widened.length, layers: names }));
  }
  return notes;
}
