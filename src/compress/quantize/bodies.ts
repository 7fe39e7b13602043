/**
 * The bodies of Ifs and loops: each is quantized as a model of its own, whose inputs are the values that it reads from
 * the graphs around it. Those values pass as real numbers, so that a body and what is around it need not agree.
 */
import { copyModel } from '../../graph/copy.js';
import type { Graph } from '../../graph/graph.js';
import { inferShapes } from '../../graph/inferShapes.js';
import type { Layer } from '../../graph/layers.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { removeDead } from '../../graph/removeDead.js';
import type { Scope } from '../../graph/scope.js';
import { sortTopologically } from '../../graph/sort.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
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
import type { Body } from './bodyModels.js';
import { bodiesOf, bodyOf } from './bodyModels.js';
import { GraphOverrides } from './graphOverrides.js';
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
        : joinCandidates(model, options, main, (body, own) => scheme.candidates(body, own, target));
    },
    statistics: (model, choices, options) =>
      isExact(options) ? scheme.statistics(model, choices, options) : joinRequests(model, choices, options, scheme),
    apply: (input) => (isExact(input.options) ? scheme.apply(input) : applyWithBodies(input, scheme)),
  };
}

/** The options of a body: which of its layers are wanted is told from outside, and overrides name them as it does. */
function optionsOf(body: Body, options: QuantizeOptions, overrides: GraphOverrides): QuantizeOptions {
  return { ...options, include: '', exclude: '', overrides: overrides.ofBody(body) };
}

function optionsOfMain(options: QuantizeOptions, overrides: GraphOverrides): QuantizeOptions {
  return { ...options, overrides: overrides.ofMain() };
}

function joinCandidates(
  model: Model,
  options: QuantizeOptions,
  main: Candidates,
  candidates: (body: Model, options: QuantizeOptions) => Candidates,
): Candidates {
  const layers = layersOf(model);
  const overrides = new GraphOverrides(model, layers, options.overrides);
  const selection = selectLayers(layers, options);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const sites = [...main.sites];
  const inBodies = new Set(
    layers.filter(({ scope, localFunction }) => scope.parent && !localFunction).map(({ name }) => name),
  );
  const skipped: Skipped[] = main.skipped.filter(({ layer }) => !inBodies.has(layer));
  for (const body of bodiesOf(model, layers)) {
    const { whole } = body;
    const found = candidates(body.model, optionsOf(body, options, overrides));
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
function joinRequests(model: Model, choices: Choices, options: QuantizeOptions, scheme: Scheme): StatisticsRequest {
  const layers = layersOf(model);
  const overrides = new GraphOverrides(model, layers, options.overrides);
  const main = scheme.statistics(model, choices, optionsOfMain(options, overrides));
  const ranges = new Set(main.ranges);
  const averages = new Set(main.averages?.values);
  const distributions = new Map(main.distributions);
  const keyOf = observableKeys(model, layers);
  for (const body of bodiesOf(model, layers)) {
    const { scope } = body;
    const own = choicesWithin(choices, body.inner);
    if (own.size === 0) continue;
    const request = scheme.statistics(body.model, own, optionsOf(body, options, overrides));
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
  const overrides = new GraphOverrides(model, layers, input.options.overrides);
  const applied = new Set<string>();
  const reasons = new Map<string, Skipped>();
  const sites = new Map<string, readonly string[]>();
  const notes: Message[] = [];
  for (const { scope, inner } of bodiesOf(model, layers)) {
    const own = choicesWithin(input.choices, inner);
    if (own.size === 0) continue;
    // Bodies within this one have changed by now.
    const body = bodyOf(scope, model, layers, inferShapes(model));
    const options = optionsOf(body, input.options, overrides);
    const wanted = valuesOf(scheme.statistics(body.model, own, options));
    const statistics = statisticsOf(wanted, input.statistics, (value) => keyOf(scope, value));
    if (!hasRun(body, statistics)) {
      const reason = sentence('compress.quantize.skipped.body-not-run');
      for (const name of own.keys()) reasons.set(body.whole.get(name)!, { layer: body.whole.get(name)!, reason });
      continue;
    }
    const done = await applyToBody({ ...input, options }, scheme, body, own, statistics);
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
    if (done.model) {
      notes.push(...overrides.effects(done.notes, body));
      transplant(scope.graph, done.model.graph, body);
    }
    for (const [domain, version] of done.model?.opsets ?? [])
      if (!model.opsets.has(domain)) model.opsets.set(domain, version);
  }
  const mainLayers = new Set(layers.filter(({ scope }) => !scope.parent).map(({ name }) => name));
  const mainChoices = new Map([...input.choices].filter(([name]) => mainLayers.has(name)));
  const options = optionsOfMain(input.options, overrides);
  const wanted = valuesOf(scheme.statistics(model, mainChoices, options));
  const statistics = statisticsOf(wanted, input.statistics, (value) => value);
  const ofMain = { ...input, model, choices: mainChoices, statistics, options };
  const main = await applyToMain(ofMain, scheme, applied.size > 0, [...reasons.values()]);
  // Bodies hold the integers now, and what they were made of lies around them.
  removeDead(main.model);
  const mainNotes = main.model === model ? main.notes : overrides.effects(main.notes);
  const mainApplied = new Set(main.applied.map(({ layer }) => layer));
  return {
    model: main.model,
    applied: layers
      .filter(({ name }) => applied.has(name) || mainApplied.has(name))
      .map(({ name }) => ({ layer: name, choice: input.choices.get(name)?.label ?? '' })),
    skipped: [...main.skipped, ...reasons.values()],
    notes: distinct([...mainNotes, ...notes, ...overrides.withoutEffect()]),
    sites: new Map([...main.sites, ...sites]),
  };
}

function distinct(notes: readonly Message[]): Message[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
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
  const options: QuantizeOptions = { ...input.options, rounding: 'nearest' };
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
