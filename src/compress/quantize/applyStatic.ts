import { layersOf } from '../../graph/layers.js';
import type { Layer } from '../../graph/layers.js';
import { Names } from '../../graph/names.js';
import type { Node } from '../../graph/node.js';
import { removeDead } from '../../graph/removeDead.js';
import { sortTopologically } from '../../graph/sort.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { Applied, Choices, Skipped } from '../method.js';
import { chosenNodes } from './chosen.js';
import { finishLikeOnnxruntime } from './finishLikeOnnxruntime.js';
import { isFloat8 } from './integerRange.js';
import type { LayerSettings } from './layerSettings.js';
import { onnxruntimeNaming, shortNaming } from './naming.js';
import { nothingToDo } from './nothingToDo.js';
import { isExact } from './options.js';
import { needsContribDomain } from './requiredOpset.js';
import { insertQdq } from './qdq.js';
import { roundingTasks } from './rounding/roundingTasks.js';
import { roundWeights } from './rounding/roundWeights.js';
import type { RoundedWeights } from './rounding/rounding.js';
import type { SettledPlan } from './settlePlan.js';
import { settlePlan } from './settlePlan.js';
import { storageNotes } from './storageNotes.js';
import type { QuantizeInput } from './scheme.js';
import type { StaticPlan } from './staticPlan.js';

/** Quantizes the chosen layers in QDQ format by the measured ranges. Layers whose values have no scale are left out. */
export async function applyStatic(input: QuantizeInput): Promise<Applied> {
  const { options, signal, onProgress } = input;
  const settled = await settlePlan(input);
  const { model, layers, chosen, plan, parameters, skipped } = settled;
  const { applied, sites, untouched } = outcome(layers, chosen, plan, input.choices);
  if (applied.length === 0) {
    throw nothingToDo([...skipped.values(), ...untouched]);
  }
  const exact = isExact(options);
  const domain = exact && needsContribDomain(model, options) ? 'com.microsoft' : '';
  if (domain !== '') model.opsets.set(domain, 1);
  const rounded = await roundChosen(input, settled);
  for (const [value, better] of rounded.weights) parameters.set(value, better.parameters);
  const stored = storageNotes(layers, plan, parameters, options);
  const total = [...plan.placement.marks.keys()].filter((value) => model.graph.initializers.has(value)).length;
  let done = 0;
  const left = await insertQdq(model.graph, plan.placement, parameters, {
    naming: exact ? onnxruntimeNaming : shortNaming(new Names(model)),
    domain,
    readsIntegers: (node, kind) => exact || (chosen.get(node)?.[kind] ?? null) !== null,
    compact: !exact,
    rounded: rounded.weights,
    onConstant() {
      signal?.throwIfAborted();
      onProgress?.(++done / total);
    },
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
    notes: [...settled.calibrationNotes, ...notesOf(settled, left), ...stored, ...rounded.notes],
    sites,
  };
}

/** Rounding to the nearest is done weight by weight where they are written. Float8 numbers have no other. */
async function roundChosen(input: QuantizeInput, settled: SettledPlan): Promise<RoundedWeights> {
  const { model, options, choices } = input;
  if (options.rounding === 'nearest' && !input.rounded) return { weights: new Map(), notes: [] };
  const { marks } = settled.plan.placement;
  const weights = [...settled.parameters].filter(
    ([value, { type }]) => marks.get(value)?.kind === 'weight' && !isFloat8(type),
  );
  const readers = chosenNodes(layersOf(model), choices, settled.skipped);
  return roundWeights(model, await roundingTasks(model, weights, (node) => readers.has(node)), options, input);
}

/** What became of each chosen layer, told from the marks before nodes are inserted. */
function outcome(
  layers: readonly Layer[],
  chosen: ReadonlyMap<Node, LayerSettings>,
  { placement }: StaticPlan,
  choices: Choices,
) {
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

function notesOf({ layers, plan, enlarged }: SettledPlan, floatBiases: readonly string[]): Message[] {
  const notes: Message[] = [];
  const count = plan.placement.absorbed.size;
  if (count > 0) notes.push(sentence('compress.quantize.note.absorbed', { count }));
  const readersOf = (names: readonly string[]) => {
    const readers = layers.filter(({ weights }) => weights.some(({ name }) => names.includes(name)));
    return { count: readers.length, layers: readers.map(({ name }) => name).join(', ') };
  };
  if (enlarged.size > 0) notes.push(sentence('compress.quantize.note.enlarged-scales', readersOf([...enlarged])));
  if (floatBiases.length > 0) notes.push(sentence('compress.quantize.note.float-biases', readersOf(floatBiases)));
  const unmarked = [...plan.overrides.keys()].filter((value) => !plan.placement.marks.has(value));
  for (const value of unmarked) notes.push(sentence('compress.quantize.note.override-without-effect', { value }));
  return notes;
}
