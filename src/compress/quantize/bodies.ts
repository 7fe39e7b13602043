/**
 * The bodies of Ifs and loops: each is quantized as a model of its own, whose inputs are the values that it reads from
 * the graphs around it. Those values pass as real numbers, so that a body and what is around it need not agree.
 */
import { copyGraph, copyModel } from '../../graph/copy.js';
import type { Graph } from '../../graph/graph.js';
import { inferShapes } from '../../graph/inferShapes.js';
import type { Inference } from '../../graph/inference/inference.js';
import type { Layer } from '../../graph/layers.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { Names } from '../../graph/names.js';
import type { Scope } from '../../graph/scope.js';
import { scopesOf } from '../../graph/scope.js';
import { sortTopologically } from '../../graph/sort.js';
import { sentence } from '../../messages/catalog.js';
import { observableValues } from '../../inspect/activations/observableValues.js';
import type {
  ActivationStatistics,
  Applied,
  Candidates,
  Choice,
  Choices,
  Skipped,
  StatisticsRequest,
} from '../method.js';
import { selectLayers } from './layerSelection.js';
import { nothingToDo, skippedOf } from './nothingToDo.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import type { QuantizeInput, Scheme } from './scheme.js';

/** A scheme of main graphs that treats bodies too. onnxruntime's quantizer leaves them. */
export function withBodies(scheme: Scheme): Scheme {
  return {
    ...scheme,
    candidates(model, options, target) {
      const main = scheme.candidates(model, options, target);
      return isExact(options)
        ? main
        : joinCandidates(model, options, main, (body) => scheme.candidates(body, all(options), target));
    },
    statistics(model, choices, options) {
      const main = scheme.statistics(model, choices, options);
      return isExact(options)
        ? main
        : joinRequests(model, choices, main, (body, own) => scheme.statistics(body, own, options));
    },
    apply: (input) => (isExact(input.options) ? scheme.apply(input) : applyWithBodies(input, scheme)),
  };
}

/** The options of a body: which of its layers are wanted is told from outside. Overrides are those of the main graph. */
function all(options: QuantizeOptions): QuantizeOptions {
  return { ...options, include: '', exclude: '', overrides: '' };
}

/** A body as a model, and the names of its layers there and in the whole. */
interface Body {
  readonly scope: Scope;
  readonly model: Model;
  readonly inner: ReadonlyMap<string, string>;
  readonly whole: ReadonlyMap<string, string>;
  /** Constants of the graphs around that it reads, by the names that they have in it. */
  readonly outerConstants: ReadonlyMap<string, string>;
}

/** The bodies of a model, inmost first, those of local functions left out. */
function bodiesOf(model: Model, layers: readonly Layer[]): Body[] {
  const inference = inferShapes(model);
  const scopes = [...scopesOf(model)].filter(({ parent, localFunction }) => parent && !localFunction);
  return scopes.reverse().map((scope) => bodyOf(scope, model, layers, inference));
}

function bodyOf(scope: Scope, model: Model, layers: readonly Layer[], inference: Inference): Body {
  const graph = copyGraph(scope.graph);
  const outerConstants = new Map<string, string>();
  const names = new Names(model);
  for (const value of scope.graph.outerValues()) {
    const owner = scope.parent?.definingScope(value)?.graph;
    const constant = owner?.initializers.get(value);
    if (constant) {
      const name = names.value(value);
      outerConstants.set(name, value);
      graph.initializers.set(name, { ...constant, name });
      graph.replaceUses(value, name);
    } else if (owner) {
      const elementType = inference.elementTypeOf(owner, value);
      graph.inputs.push({ name: value, ...(elementType && { type: { kind: 'tensor', elementType } }) });
    }
  }
  // Names of the whole model are taken: a body must not hide what lies around it.
  for (const name of valueNames(model)) if (!graph.valueInfos.has(name)) graph.valueInfos.set(name, { name });
  const body: Model = { ...model, opsets: new Map(model.opsets), metadata: new Map(), functions: [], graph };
  const outer = layers.filter((layer) => layer.graph === scope.graph).map(({ name }) => name);
  const own = layersOf(body).filter((layer) => layer.graph === graph);
  return {
    scope,
    model: body,
    outerConstants,
    inner: new Map(own.map(({ name }, i) => [outer[i]!, name])),
    whole: new Map(own.map(({ name }, i) => [name, outer[i]!])),
  };
}

function* valueNames(model: Model): Generator<string> {
  for (const { graph } of scopesOf(model)) {
    for (const { name } of [...graph.inputs, ...graph.outputs]) yield name;
    yield* graph.initializers.keys();
    for (const node of graph.nodes) yield* node.outputs;
  }
}

function joinCandidates(
  model: Model,
  options: QuantizeOptions,
  main: Candidates,
  candidates: (body: Model) => Candidates,
): Candidates {
  const layers = layersOf(model);
  const selection = selectLayers(layers, options);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const sites = [...main.sites];
  const inBodies = new Set(
    layers.filter(({ scope, localFunction }) => scope.parent && !localFunction).map(({ name }) => name),
  );
  const skipped: Skipped[] = main.skipped.filter(({ layer }) => !inBodies.has(layer));
  for (const { model: body, whole } of bodiesOf(model, layers)) {
    const found = candidates(body);
    for (const site of found.sites) {
      const layer = whole.get(site.id);
      if (layer === undefined) continue;
      const unwanted = selection.objection(byName.get(layer)!);
      sites.push({ ...site, id: layer, layer, preferred: unwanted ? 0 : site.preferred });
      if (unwanted) skipped.push({ layer, reason: unwanted });
    }
    for (const { layer, reason } of found.skipped) {
      const name = whole.get(layer);
      if (name !== undefined) skipped.push({ layer: name, reason: selection.objection(byName.get(name)!) ?? reason });
    }
  }
  const order = new Map(layers.map(({ name }, i) => [name, i]));
  const inOrder = <T>(entries: T[], nameOf: (entry: T) => string) =>
    entries.sort((a, b) => (order.get(nameOf(a)) ?? 0) - (order.get(nameOf(b)) ?? 0));
  return {
    sites: inOrder(sites, ({ layer }) => layer),
    skipped: inOrder(skipped, ({ layer }) => layer),
    notes: main.notes,
  };
}

/** Values of bodies are asked for by their keys in the whole model, those that they read from outside as they are there. */
function joinRequests(
  model: Model,
  choices: Choices,
  main: StatisticsRequest,
  statistics: (body: Model, choices: Choices) => StatisticsRequest,
): StatisticsRequest {
  const layers = layersOf(model);
  const ranges = new Set(main.ranges);
  const averages = new Set(main.averages?.values);
  const distributions = new Map(main.distributions);
  const keyOf = observableKeys(model, layers);
  for (const { scope, model: body, inner } of bodiesOf(model, layers)) {
    const own = choicesWithin(choices, inner);
    if (own.size === 0) continue;
    const request = statistics(body, own);
    for (const value of valuesOf(request)) {
      const key = keyOf(scope, value);
      if (key === undefined) continue;
      if (scope.definingScope(value)?.parent) distributions.set(key, null);
      else if (request.ranges.includes(value)) ranges.add(value);
      else if (request.averages?.values.includes(value)) averages.add(value);
      else distributions.set(key, null);
    }
  }
  return {
    ...main,
    ranges: [...ranges],
    ...(main.averages && { averages: { ...main.averages, values: [...averages] } }),
    ...(distributions.size > 0 && { distributions }),
  };
}

/** The key of a value as a scope sees it, where it can be observed. */
function observableKeys(model: Model, layers: readonly Layer[]): (scope: Scope, value: string) => string | undefined {
  const keys = new Map<Graph, Map<string, string>>();
  for (const { key, value, layer } of observableValues(model, layers)) {
    const graph = layers[layer]?.graph ?? model.graph;
    if (!keys.has(graph)) keys.set(graph, new Map());
    keys.get(graph)!.set(value, key);
  }
  return (scope, value) => keys.get(scope.definingScope(value)?.graph ?? scope.graph)?.get(value);
}

async function applyWithBodies(input: QuantizeInput, scheme: Scheme): Promise<Applied> {
  const model = copyModel(input.model);
  const layers = layersOf(model);
  const keyOf = observableKeys(model, layers);
  const applied = new Set<string>();
  const reasons = new Map<string, Skipped>();
  const sites = new Map<string, readonly string[]>();
  const notes: Applied['notes'][number][] = [];
  for (const { scope, inner } of bodiesOf(model, layers)) {
    const own = choicesWithin(input.choices, inner);
    if (own.size === 0) continue;
    // Bodies within this one have changed by now.
    const body = bodyOf(scope, model, layers, inferShapes(model));
    const wanted = valuesOf(scheme.statistics(body.model, own, all(input.options)));
    const statistics = statisticsOf(wanted, input.statistics, (value) => keyOf(scope, value));
    if (!hasRun(body, statistics)) {
      const reason = sentence('compress.quantize.skipped.body-not-run');
      for (const name of own.keys()) reasons.set(body.whole.get(name)!, { layer: body.whole.get(name)!, reason });
      continue;
    }
    const done = await applyToBody(input, scheme, body, own, statistics);
    for (const { layer, reason } of done.skipped) {
      const name = body.whole.get(layer);
      if (name !== undefined) reasons.set(name, { layer: name, reason });
    }
    for (const { layer } of done.applied) applied.add(body.whole.get(layer) ?? layer);
    for (const [before, after] of done.sites) {
      const name = body.whole.get(before);
      const prefix = name?.slice(0, name.length - before.length) ?? '';
      if (name !== undefined)
        sites.set(
          name,
          after.map((each) => prefix + each),
        );
    }
    notes.push(...done.notes);
    if (done.model) transplant(scope.graph, done.model.graph, body);
    for (const [domain, version] of done.model?.opsets ?? [])
      if (!model.opsets.has(domain)) model.opsets.set(domain, version);
  }
  const mainLayers = new Set(layers.filter(({ scope }) => !scope.parent).map(({ name }) => name));
  const mainChoices = new Map([...input.choices].filter(([name]) => mainLayers.has(name)));
  const wanted = valuesOf(scheme.statistics(model, mainChoices, input.options));
  const statistics = statisticsOf(wanted, input.statistics, (value) => value);
  const ofMain = { ...input, model, choices: mainChoices, statistics };
  const main = await applyToMain(ofMain, scheme, applied.size > 0, [...reasons.values()]);
  const mainApplied = new Set(main.applied.map(({ layer }) => layer));
  return {
    model: main.model,
    applied: layers
      .filter(({ name }) => applied.has(name) || mainApplied.has(name))
      .map(({ name }) => ({ layer: name, choice: input.choices.get(name)?.label ?? '' })),
    skipped: [...main.skipped, ...reasons.values()],
    notes: [
      ...main.notes,
      ...notes.filter((note) => !main.notes.some((other) => JSON.stringify(other) === JSON.stringify(note))),
    ],
    sites: new Map([...main.sites, ...sites]),
  };
}

/** Where something of the bodies is quantized, the main graph may stay as it is. */
async function applyToMain(
  input: QuantizeInput,
  scheme: Scheme,
  isAnyBody: boolean,
  skipped: readonly Skipped[],
): Promise<Applied> {
  const untouched = { model: input.model, applied: [], notes: [], sites: new Map<string, readonly string[]>() };
  const isAnyChosen = [...input.choices.values()].some(({ settings }) => settings !== null);
  if (!isAnyChosen && isAnyBody) return { ...untouched, skipped: [] };
  if (!isAnyChosen && skipped.length > 0) throw nothingToDo(skipped);
  try {
    return await scheme.apply(input);
  } catch (error) {
    const unfit = skippedOf(error);
    if (!unfit || !isAnyBody) throw error;
    return { ...untouched, skipped: unfit };
  }
}

interface Done extends Omit<Applied, 'model'> {
  /** Null where nothing of the body could be quantized. */
  readonly model: Model | null;
}

/** Weights of bodies are rounded to the nearest: better roundings run the whole model. */
async function applyToBody(
  input: QuantizeInput,
  scheme: Scheme,
  { model }: Body,
  choices: Choices,
  statistics: ActivationStatistics,
): Promise<Done> {
  const options: QuantizeOptions = { ...all(input.options), rounding: 'nearest' };
  try {
    return await scheme.apply({
      ...input,
      model,
      choices,
      statistics,
      options,
      // The samples are inputs of the whole model.
      laboratory: null,
      rounded: undefined,
      onProgress: undefined,
    });
  } catch (error) {
    const skipped = skippedOf(error);
    if (!skipped) throw error;
    return { model: null, applied: [], skipped, notes: [], sites: new Map() };
  }
}

/** What was measured of some values, under their names in the graph that asks for them. */
function statisticsOf(
  values: Iterable<string>,
  { ranges, averages, distributions }: ActivationStatistics,
  keyOf: (value: string) => string | undefined,
): ActivationStatistics {
  const keys = [...values].map((value) => [value, keyOf(value)] as const);
  const within = <T>(found: ReadonlyMap<string, T> | undefined) =>
    new Map(
      keys.flatMap(([value, key]) =>
        key !== undefined && found?.has(key) ? [[value, found.get(key) as T] as const] : [],
      ),
    );
  return { ranges: within(ranges), averages: within(averages), distributions: within(distributions) };
}

function valuesOf({ ranges, averages, distributions }: StatisticsRequest): Set<string> {
  return new Set([...ranges, ...(averages?.values ?? []), ...(distributions?.keys() ?? [])]);
}

/** Did a sample take the branch? Where nothing inside can be measured that is not known. */
function hasRun({ model: { graph } }: Body, { ranges, averages, distributions }: ActivationStatistics): boolean {
  const inside = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const isMeasured = [...ranges, ...(averages ?? []), ...(distributions ?? [])].flatMap(([value, found]) =>
    inside.has(value) ? [found !== null && !Number.isNaN(found.min)] : [],
  );
  return isMeasured.length === 0 || isMeasured.includes(true);
}

/** Puts the nodes and constants of a quantized body where those of the first were. */
function transplant(graph: Graph, quantized: Graph, { outerConstants }: Body): void {
  const { nodes } = quantized;
  quantized.removeAll(nodes);
  graph.removeAll(graph.nodes);
  for (const name of [...graph.initializers.keys()]) graph.initializers.delete(name);
  for (const [name, initializer] of quantized.initializers) {
    if (!outerConstants.has(name)) graph.initializers.set(name, initializer);
  }
  for (const node of nodes) graph.add(node);
  for (const [name, value] of outerConstants) {
    if (quantized.initializers.has(name)) graph.replaceUses(name, value);
  }
  sortTopologically(graph);
}

function choicesWithin(choices: Choices, inner: ReadonlyMap<string, string>): Map<string, Choice> {
  const own = new Map<string, Choice>();
  for (const [whole, name] of inner) {
    const choice = choices.get(whole);
    if (choice && choice.settings !== null) own.set(name, choice);
  }
  return own;
}
