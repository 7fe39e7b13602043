/** Which parts of a model have to stay in float32: what float16 cannot hold, by the weights and by what data has shown. */
import type { Graph } from '../../../graph/graph.js';
import type { Node } from '../../../graph/node.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import { formatNumber } from '../../../messages/units.js';
import type { ConstantFit } from './constantFit.js';
import { greatestError } from './constantFit.js';
import { boundsResults, endsSmallness, isSingularAt } from './halfOperators.js';
import { greatestHalf, leastNormalHalf, leastRms } from './halfRange.js';
import type { Place, TypeGroup } from './typeGroups.js';

/** What was seen of a value over data. */
export interface Seen {
  /** Of the finite elements. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}

export interface Evidence {
  /** Of the constants that groups read. */
  constant(place: Place): ConstantFit | undefined;
  /** Undefined where nothing was seen of a value. */
  seen(place: Place): Seen | undefined;
  /** Is the value made of integers, by a Cast? */
  isInteger(group: TypeGroup): boolean;
  /** Values may reach this share of the greatest half. */
  readonly margin: number;
}

/** Up to here every whole number is a half. */
const greatestExactInteger = 2048;

type Cause = 'great' | 'small' | 'whole';

/**
 * The groups that stay in float32, each with the reason. A value that was seen is judged by that; one that was not may be
 * too great where what makes it reads something too great, until an operator whose results are small whatever it is given;
 * small numbers are followed to where something is divided by them, whole ones to the first computation.
 */
export function findIslands(groups: readonly TypeGroup[], evidence: Evidence): Map<TypeGroup, Message> {
  const islands = new Map<TypeGroup, Message>();
  const readers = readersOf(groups);
  const doubtful: { group: TypeGroup; cause: Cause; origin: string }[] = [];
  const add = (group: TypeGroup, cause: Cause, origin: string, reason: Message) => {
    if (group.kind !== 'float32') {
      if (islands.has(group)) return;
      islands.set(group, reason);
    }
    doubtful.push({ group, cause, origin });
  };
  for (const group of groups) {
    for (const place of placesOf(group)) {
      const found = objection(place, group, evidence);
      if (found) add(group, found.cause, place.value, found.reason);
    }
  }
  for (let next = doubtful.pop(); next; next = doubtful.pop()) {
    const { group, cause, origin } = next;
    if (group.node && ends(cause, group, group.node)) continue;
    for (const place of group.makes) {
      if (evidence.seen(place)) continue;
      for (const { group: reader, singular } of readers.get(place.graph)?.get(place.value) ?? []) {
        if (cause === 'small' && !singular && reader.kind !== 'any') continue;
        if (islands.has(reader) || reader.kind === 'float32') continue;
        add(reader, cause, origin, sentence('compress.quantize.half.skipped.follows', { value: origin }));
      }
    }
  }
  return islands;
}

/** Does what is wrong with the inputs of a node end there? Whole numbers are exact up to the first computation. */
function ends(cause: Cause, { kind }: TypeGroup, node: Node): boolean {
  switch (cause) {
    case 'great':
      return boundsResults(node);
    case 'small':
      return endsSmallness(node);
    case 'whole':
      return kind === 'half';
  }
}

function placesOf({ reads, makes }: TypeGroup): Place[] {
  return [...reads.map(({ source }) => source), ...makes];
}

interface Objection {
  readonly cause: Cause;
  readonly reason: Message;
}

function objection(place: Place, group: TypeGroup, evidence: Evidence): Objection | undefined {
  const constant = evidence.constant(place);
  if (constant) return constantObjection(place, constant);
  const seen = evidence.seen(place);
  if (seen) return valueObjection(place, seen, group, evidence);
  if (!evidence.isInteger(group) || !group.makes.includes(place)) return undefined;
  return { cause: 'whole', reason: sentence('compress.quantize.half.skipped.integers') };
}

function constantObjection({ value }: Place, { greatest, relativeError }: ConstantFit): Objection | undefined {
  if (greatest >= 65520) {
    const params = { value, greatest: formatNumber(greatest) };
    return { cause: 'great', reason: sentence('compress.quantize.half.skipped.great-constant', params) };
  }
  if (relativeError <= greatestError) return undefined;
  return { cause: 'small', reason: sentence('compress.quantize.half.skipped.small-constant', { value }) };
}

function valueObjection({ value }: Place, seen: Seen, group: TypeGroup, evidence: Evidence): Objection | undefined {
  const { min, max, mean, std } = seen;
  const greatest = Math.max(Math.abs(min), Math.abs(max));
  const limit = evidence.isInteger(group) ? greatestExactInteger : greatestHalf * evidence.margin;
  if (greatest > limit) {
    const params = { value, greatest: formatNumber(greatest) };
    return { cause: 'great', reason: sentence('compress.quantize.half.skipped.great-value', params) };
  }
  const least = min > 0 ? min : max < 0 ? -max : 0;
  const isTiny = greatest > 0 && Math.hypot(mean, std) < leastRms;
  const isSingular = least > 0 && least < leastNormalHalf && readsSingularly(group, value);
  if (!isTiny && !isSingular) return undefined;
  const params = { value, greatest: formatNumber(greatest), least: formatNumber(least) };
  const id = isTiny ? 'compress.quantize.half.skipped.small-value' : 'compress.quantize.half.skipped.near-zero';
  return { cause: 'small', reason: sentence(id, params) };
}

function readsSingularly({ node, reads }: TypeGroup, value: string): boolean {
  return reads.some(({ index, source }) => source.value === value && node !== undefined && isSingularAt(node, index));
}

type Readers = Map<Graph, Map<string, { group: TypeGroup; singular: boolean }[]>>;

function readersOf(groups: readonly TypeGroup[]): Readers {
  const readers: Readers = new Map();
  for (const group of groups) {
    for (const { index, node, source } of group.reads) {
      const known = readers.get(source.graph) ?? new Map<string, { group: TypeGroup; singular: boolean }[]>();
      readers.set(source.graph, known);
      const entry = { group, singular: node !== undefined && isSingularAt(node, index) };
      known.set(source.value, [...(known.get(source.value) ?? []), entry]);
    }
  }
  return readers;
}
