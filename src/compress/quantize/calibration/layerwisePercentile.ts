/** A percentile for each value, the one that harms the layers that read it least (AMD Quark, LayerWisePercentile). */
import { copyModel } from '../../../graph/copy.js';
import type { Model } from '../../../graph/model.js';
import { intAttribute } from '../../../graph/node.js';
import type { Node } from '../../../graph/node.js';
import { NodeWriter } from '../../../graph/nodeWriter.js';
import { percentileRange } from '../../../inspect/histogramRanges.js';
import type { ActivationStatistics as Distribution } from '../../../tensor/activationStatistics.js';
import type { Laboratory } from '../../laboratory.js';
import type { Range } from '../../method.js';
import { floatValues } from '../floatValues.js';
import type { ActivationGrid } from './activationRanges.js';

/** In percent; 100 are the extremes. */
export const candidatePercentiles = [99.9, 99.99, 99.999, 99.9999, 100] as const;

export interface LayerwiseRange {
  readonly range: Range;
  readonly percentile: number;
}

interface Candidate extends LayerwiseRange {
  /** The outputs that tell its squared errors, each with the one that tells what they are a part of. */
  readonly errors: { readonly error: string; readonly energy: string }[];
}

/**
 * Rounds each value to the grid of every candidate's range in turn, with all else in float, and runs what reads it once more
 * beside the model, on all samples: the range with the least squared error of these outputs, each as a part of the output's
 * own square, is chosen. Where nothing reads a value, or what does has several outputs or no float32 one, the error is that of the value itself. Of
 * candidates that come to the same the widest is taken.
 */
export async function layerwiseRanges(
  model: Model,
  distributions: ReadonlyMap<string, Distribution>,
  gridOf: (value: string) => ActivationGrid,
  laboratory: Laboratory,
  signal?: AbortSignal,
): Promise<Map<string, LayerwiseRange>> {
  const probed = copyModel(model);
  const writer = new NodeWriter(probed);
  const isFloat = floatValues(probed);
  const candidates = new Map<string, Candidate[]>();
  const outputs: string[] = [];
  const show = (output: string) => {
    outputs.push(output);
    probed.graph.outputs.push({ name: output, type: { kind: 'tensor', elementType: 'float32' } });
    return output;
  };
  for (const [value, distribution] of distributions) {
    const grid = gridOf(value);
    const ranges = distinctRanges(distribution, grid);
    const readers = probed.graph
      .uses(value)
      .filter(({ index, node }) => index >= 0 && isProbe(node, isFloat))
      .map(({ node }) => node);
    const watched = [...new Set(readers)];
    const found: Candidate[] = ranges.map((each) => ({ ...each, errors: [] }));
    candidates.set(value, found);
    if (found.length < 2) continue;
    const energies = watched.map((reader) => show(squareSum(writer, reader.outputs[0]!)));
    const own = watched.length === 0 ? show(squareSum(writer, value)) : undefined;
    for (const { range, errors } of found) {
      const rounded = onGrid(writer, value, range, grid);
      if (own !== undefined) errors.push({ error: show(squaredDifference(writer, value, rounded)), energy: own });
      for (const [i, reader] of watched.entries()) {
        const again = writer.add(
          reader.opType,
          reader.inputs.map((input) => (input === value ? rounded : input)),
          Object.fromEntries(reader.attributes),
        );
        errors.push({ error: show(squaredDifference(writer, reader.outputs[0]!, again)), energy: energies[i]! });
      }
    }
  }
  const sums = outputs.length > 0 ? await laboratory.accumulate(probed, outputs, { signal }) : new Map();
  const sumOf = (output: string): number => sums.get(output)?.sums[0] ?? NaN;
  const harm = ({ errors }: Candidate) =>
    errors.reduce((sum, { error, energy }) => sum + sumOf(error) / Math.max(sumOf(energy), Number.MIN_VALUE), 0);
  return new Map(
    [...candidates].map(([value, all]) => [
      value,
      all.reduceRight((best, each) => (harm(each) < harm(best) ? each : best)),
    ]),
  );
}

/** Wider percentiles that give the same range stand for narrower ones. */
function distinctRanges(distribution: Distribution, { symmetric }: ActivationGrid): LayerwiseRange[] {
  const ranges = candidatePercentiles.map((percentile) => ({
    percentile,
    range: percentile === 100 ? extremes(distribution) : percentileRange(distribution, percentile, symmetric),
  }));
  return ranges.filter(({ range }, i) => {
    const wider = ranges[i + 1]?.range;
    return wider === undefined || wider.min !== range.min || wider.max !== range.max;
  });
}

const extremes = ({ min, max }: Distribution): Range => ({ min, max });

/** Operators of the standard alone: others may be bound to what the writer does not know. */
function isProbe(node: Node, isFloat: (value: string) => boolean): boolean {
  return (
    node.domain === '' && node.outputs.length === 1 && isFloat(node.outputs[0]!) && [...node.subgraphs()].length === 0
  );
}

/** The value rounded to a grid, in float32. */
function onGrid(writer: NodeWriter, value: string, range: Range, { integers, parametersOf }: ActivationGrid): string {
  const { scale, zeroPoint } = parametersOf(range);
  const step = writer.number(scale);
  const codes = writer.add('Round', [writer.add('Div', [value, step])]);
  const least = writer.number(integers.min - zeroPoint);
  const greatest = writer.number(integers.max - zeroPoint);
  return writer.add('Mul', [writer.add('Clip', [codes, least, greatest]), step]);
}

function squaredDifference(writer: NodeWriter, a: string, b: string): string {
  return squareSum(writer, writer.add('Sub', [a, b]));
}

function squareSum(writer: NodeWriter, value: string): string {
  return writer.add('ReduceSumSquare', [value], { keepdims: intAttribute(0) });
}
