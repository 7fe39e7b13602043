/** Layers by name, glob, operator or region, as options and recipes name them. */
import type { Layer } from '../graph/layers.js';
import type { Node } from '../graph/node.js';
import { Failure } from '../messages/failure.js';
import { nearestOf } from './options.js';

/** The layers that patterns picked. */
export interface PickedLayers {
  /** By name of the layer, the first pattern that picked it. */
  readonly patternOf: ReadonlyMap<string, string>;
  /** What each pattern picked, in the order of the patterns. */
  readonly matches: ReadonlyMap<string, readonly string[]>;
}

/** The layers that a comma-separated list of patterns picks. Throws a Failure for a pattern that picks nothing. */
export function pickLayers(option: string, patterns: string, layers: readonly Layer[]): PickedLayers {
  const patternOf = new Map<string, string>();
  const matches = new Map<string, readonly string[]>();
  for (const pattern of patterns.split(',').map((each) => each.trim())) {
    if (pattern === '') continue;
    const matched = matchLayers(option, pattern, layers).map(({ name }) => name);
    matches.set(pattern, matched);
    for (const name of matched) if (!patternOf.has(name)) patternOf.set(name, pattern);
  }
  return { patternOf, matches };
}

/**
 * The layers that one pattern means: a name; a glob, in which `*` stands for any characters and `?` for one; `op:` and an
 * operator or a glob of operators; `from..to`, two names, for all layers on a path from one to the other, both included.
 * A pattern that is a name means that layer alone. Throws a Failure where there is none.
 */
export function matchLayers(option: string, pattern: string, layers: readonly Layer[]): readonly Layer[] {
  const exact = layers.filter(({ name }) => name === pattern);
  if (exact.length > 0) return exact;
  if (pattern.startsWith('op:')) {
    const operators = [...new Set(layers.map(({ node }) => node.opType))];
    const wanted = new Set(matchNames(option, pattern.slice(3), operators, 'compress.no-such-operator'));
    return layers.filter(({ node }) => wanted.has(node.opType));
  }
  const region = /^(.+?)\.\.(.+)$/su.exec(pattern);
  if (region) return layersBetween(option, region[1]!.trim(), region[2]!.trim(), layers);
  const names = new Set(
    matchNames(
      option,
      pattern,
      layers.map(({ name }) => name),
    ),
  );
  return layers.filter(({ name }) => names.has(name));
}

type NoSuch = 'compress.no-such-layer' | 'compress.no-such-operator' | 'compress.no-such-value';

/** The names that a name or glob means. Throws a Failure that names the nearest where there is none. */
export function matchNames(
  option: string,
  pattern: string,
  names: readonly string[],
  failure: NoSuch = 'compress.no-such-layer',
): readonly string[] {
  const matches = names.includes(pattern) ? [pattern] : names.filter(matcher(pattern));
  if (matches.length > 0) return matches;
  throw new Failure(failure, { option, pattern, nearest: nearestOf(pattern, names) });
}

function layersBetween(option: string, from: string, to: string, layers: readonly Layer[]): readonly Layer[] {
  const [first, last] = [from, to].map((name) => {
    const layer = layers.find((each) => each.name === name);
    if (layer) return layer;
    const nearest = nearestOf(
      name,
      layers.map((each) => each.name),
    );
    throw new Failure('compress.no-such-layer', { option, pattern: name, nearest });
  }) as [Layer, Layer];
  const after = reached(first, ({ outputs }) => outputs.flatMap((value) => readersOf(first, value)));
  const before = reached(last, ({ inputs }) => inputs.flatMap((value) => last.graph.producer(value) ?? []));
  const found = layers.filter(({ node }) => after.has(node) && before.has(node));
  if (found.length === 0) throw new Failure('compress.no-path', { option, from, to });
  return found;
}

/** Nodes of the layer's own graph that read a value, in their subgraphs too. */
function readersOf({ graph }: Layer, value: string): Node[] {
  return graph.uses(value).map(({ node }) => node);
}

function reached({ node }: Layer, next: (node: Node) => readonly Node[]): Set<Node> {
  const found = new Set([node]);
  for (const each of found) for (const neighbour of next(each)) found.add(neighbour);
  return found;
}

function matcher(glob: string): (name: string) => boolean {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const expression = new RegExp(`^${source}$`, 'su');
  return (name) => expression.test(name);
}
