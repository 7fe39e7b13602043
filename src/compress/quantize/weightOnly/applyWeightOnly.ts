import { copyModel } from '../../../graph/copy.js';
import { inferShapes } from '../../../graph/inferShapes.js';
import { layersOf } from '../../../graph/layers.js';
import type { Layer } from '../../../graph/layers.js';
import type { Model } from '../../../graph/model.js';
import { Names } from '../../../graph/names.js';
import { requireOpset } from '../../../graph/opsets.js';
import { removeDead } from '../../../graph/removeDead.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import type { Applied, ApplyInput, Choices, Skipped } from '../../method.js';
import { shortNaming } from '../naming.js';
import type { Naming } from '../naming.js';
import { nothingToDo } from '../nothingToDo.js';
import type { WeightFormat } from '../layerSettings.js';
import type { QuantizeOptions } from '../options.js';
import type { QuantizeInput } from '../scheme.js';
import type { RoundedWeight, RoundingTask } from '../rounding/rounding.js';
import { isFittedOnData } from '../rounding/roundingData.js';
import { roundWeights } from '../rounding/roundWeights.js';
import { floatsOf } from '../tensors.js';
import { elementTypes } from '../../../tensor/elementType.js';
import { blockedObjection } from './blockedObjection.js';
import { writeBlockedLookups } from './blockedLookup.js';
import { contribDomain, writeBlockedProducts } from './blockedProduct.js';
import { writeDequantized } from './dequantizedWeight.js';
import { planWeights } from './planWeights.js';
import type { PlannedWeight, WeightPlan } from './planWeights.js';
import type { Successors } from './storedWeight.js';
import { weightFormats } from './weightFormats.js';
import { weightGrid } from './weightGrid.js';
import { separateRelu } from './separateRelu.js';
import { speedNotes } from './speedNotes.js';
import type { WeightSite } from './weightSite.js';

/** Stores the weights of the chosen layers as integers; what the layers compute with stays float32. */
export async function applyWeightOnly(input: QuantizeInput): Promise<Applied> {
  const { options, choices, signal, onProgress } = input;
  const model = copyModel(input.model);
  const layers = layersOf(model);
  const plan = planChosen(model, layers, choices, options);
  const names = new Names(model);
  const naming = shortNaming(names);
  const successors: Successors = new Map();
  const written: PlannedWeight[] = [];
  const notes: Message[] = [];
  for (const weights of portions(plan, options)) {
    signal?.throwIfAborted();
    const tasks = await tasksOf(input, weights);
    const rounded = await roundWeights(input.model, tasks, options, input);
    notes.push(...rounded.notes);
    for (const planned of weights) {
      const own = rounded.weights.get(planned.weight);
      if (!own) continue;
      const stood = write(model, planned, own, naming, options);
      if (options.format !== 'qoperator') {
        for (const { node } of planned.sites.filter(({ use }) => use === 'product')) {
          separateRelu(model.graph, names, node).forEach((after, before) => stood.set(before, after));
        }
      }
      for (const [before, after] of stood) successors.set(before, after);
      written.push(planned);
      onProgress?.(written.length / plan.weights.length);
    }
  }
  removeDead(model);
  const skipped = skippedLayers(layers, plan, written);
  const told = outcome(model, layers, choices, new Set(skipped.map(({ layer }) => layer)), successors);
  if (told.applied.length === 0) throw nothingToDo(skipped);
  return { model, ...told, skipped, notes: [...notes, ...speedNotes(written, options)] };
}

/** Roundings that look at a weight alone get one at a time, so that no other need be in memory. */
function portions({ weights }: WeightPlan, options: QuantizeOptions): (readonly PlannedWeight[])[] {
  return isFittedOnData(options) ? [weights] : weights.map((each) => [each]);
}

/** The plan for the layers whose choice is not to be left as they are. */
export function planChosen(
  model: Model,
  layers: readonly Layer[],
  choices: Choices,
  options: QuantizeOptions,
): WeightPlan {
  const inference = inferShapes(model);
  const formats = weightFormats(model, layers, options);
  return planWeights(
    model,
    layers,
    (layer) => {
      const choice = choices.get(layer.name);
      return choice === undefined || choice.settings === null ? null : formats.formatOf(layer, choice);
    },
    (site, format) => (options.format === 'qoperator' ? blockedObjection(model, inference, site, format) : undefined),
  );
}

/** Weights and the grids for them, but for weights that are not finite. Nodes are those of the prepared model. */
async function tasksOf(
  { model: { graph }, options }: ApplyInput<QuantizeOptions>,
  weights: readonly PlannedWeight[],
): Promise<RoundingTask[]> {
  const tasks: RoundingTask[] = [];
  for (const { weight, shape, format, granularity, sites } of weights) {
    const tensor = graph.initializers.get(weight)?.tensor;
    if (!tensor) throw new RangeError(`${weight} is no initializer`);
    const data = await floatsOf(tensor);
    const parameters = weightGrid(data, shape, granularity, format);
    const readers = [...new Set(graph.uses(weight).map(({ node }) => node))];
    const realZeroPoints = takesRealZeroPoints(format, sites, options);
    if (parameters) tasks.push({ weight, readers, shape, data, parameters, realZeroPoints });
  }
  return tasks;
}

/** Where MatMulNBits multiplies in float32, it multiplies by zero points that are not whole just as fast. */
function takesRealZeroPoints(
  { type, symmetric }: WeightFormat,
  sites: readonly WeightSite[],
  { format, accuracyLevel }: QuantizeOptions,
): boolean {
  const inFloat = format === 'qoperator' && (accuracyLevel === 0 || accuracyLevel === 1);
  const isProduct = sites.every(({ use }) => use === 'product');
  return inFloat && isProduct && elementTypes[type].bits < 8 && !symmetric;
}

function write(
  model: Model,
  planned: PlannedWeight,
  rounded: RoundedWeight,
  naming: Naming,
  { format, accuracyLevel }: QuantizeOptions,
): Successors {
  const { graph } = model;
  const weight = { ...planned, rounded };
  if (format !== 'qoperator') return writeDequantized(graph, model.opsets.get('') ?? 1, naming, weight);
  requireOpset(model, contribDomain, 1);
  const isLookup = ({ use }: WeightSite) => use === 'lookup';
  const successors: Successors = new Map();
  const add = (own: Successors) => own.forEach((after, before) => successors.set(before, after));
  const lookups = planned.sites.filter(isLookup);
  const products = planned.sites.filter((site) => !isLookup(site));
  if (lookups.length > 0) add(writeBlockedLookups(graph, naming, { ...weight, sites: lookups }));
  if (products.length > 0) {
    add(writeBlockedProducts(graph, naming, { ...weight, sites: products }, accuracyLevel ?? fastLevel));
  }
  return successors;
}

/** Activations are rounded to 8 bits in blocks, as onnxruntime does where it meets the QDQ format. */
const fastLevel = 4;

function skippedLayers(layers: readonly Layer[], plan: WeightPlan, written: readonly PlannedWeight[]): Skipped[] {
  const skipped = [...plan.refused].map(([{ name }, reason]) => ({ layer: name, reason }));
  const done = new Set(written);
  for (const planned of plan.weights) {
    if (done.has(planned)) continue;
    const reason = sentence('compress.quantize.skipped.not-finite', { value: planned.weight });
    const nodes = new Set(planned.sites.map(({ node }) => node));
    for (const { name, node } of layers) if (nodes.has(node)) skipped.push({ layer: name, reason });
  }
  return skipped;
}

function outcome(
  model: Model,
  layers: readonly Layer[],
  choices: Choices,
  skipped: ReadonlySet<string>,
  successors: Successors,
): Pick<Applied, 'applied' | 'sites'> {
  const nameAfter = new Map(layersOf(model).map(({ node, name }) => [node, name]));
  const applied: Applied['applied'][number][] = [];
  const sites = new Map<string, readonly string[]>();
  for (const { name, node } of layers) {
    const after = nameAfter.get(successors.get(node) ?? node);
    sites.set(name, after === undefined ? [] : [after]);
    const choice = choices.get(name);
    if (choice && choice.settings !== null && !skipped.has(name)) applied.push({ layer: name, choice: choice.label });
  }
  return { applied, sites };
}
