/** The grids of the activations that operators on integers read and write, from their measured ranges. */
import type { Graph } from '../../../graph/graph.js';
import type { Node } from '../../../graph/node.js';
import type { Range } from '../../method.js';
import { isSupported } from '../families.js';
import { fullRange } from '../integerRange.js';
import type { QuantizedType } from '../integerRange.js';
import type { QuantizeOptions } from '../options.js';
import { isExact } from '../options.js';
import type { RangeSource } from '../rangeSources.js';
import { rangeSources } from '../rangeSources.js';
import { activationGrid } from '../staticParameters.js';
import type { ValueParameters } from '../valueParameters.js';
import { singleParameters } from '../valueParameters.js';
import { isUsable } from '../constantParameters.js';
import { hasIntegerForm } from './operators.js';

export interface ActivationGrids {
  readonly parameters: ReadonlyMap<string, ValueParameters>;
  /** Values that were to be measured and have no usable range. */
  readonly unusable: ReadonlyMap<string, 'no-statistics' | 'not-finite'>;
}

/** The values whose ranges must be measured. */
export function measuredValues(
  graph: Graph,
  chosen: ReadonlySet<Node>,
  isFloat: (value: string) => boolean,
  options: QuantizeOptions,
): string[] {
  const sources = [...sourcesOf(graph, chosen, isFloat, options).values()];
  return [...new Set(sources.filter((source) => typeof source === 'string'))];
}

export function activationGrids(
  graph: Graph,
  chosen: ReadonlySet<Node>,
  isFloat: (value: string) => boolean,
  ranges: ReadonlyMap<string, Range>,
  options: QuantizeOptions,
): ActivationGrids {
  const parameters = new Map<string, ValueParameters>();
  const unusable = new Map<string, 'no-statistics' | 'not-finite'>();
  const type = options.activationType as QuantizedType;
  const { parametersOf } = activationGrid(options);
  for (const [value, source] of sourcesOf(graph, chosen, isFloat, options)) {
    const range = typeof source === 'string' ? ranges.get(source) : source;
    if (!range || Number.isNaN(range.min)) unusable.set(value, 'no-statistics');
    else if (!isUsable(range)) unusable.set(value, 'not-finite');
    else parameters.set(value, singleParameters(type, parametersOf(range)));
  }
  for (const node of graph.nodes) {
    const [output = ''] = node.outputs;
    if (node.opType === 'Softmax' && chosen.has(node) && parameters.has(output)) {
      parameters.set(output, softmaxParameters(type));
    }
  }
  return { parameters, unusable };
}

/**
 * 0 to 255/256: the kernel of QLinearSoftmax takes the number of steps from 0 to 1 as an integer, the inverse of the scale
 * cut off, so that a power of two is exact.
 */
function softmaxParameters(type: QuantizedType): ValueParameters {
  return singleParameters(type, { scale: 1 / 256, zeroPoint: fullRange(type).min });
}

/**
 * Which activations there are, and where the range of each comes from. onnxruntime's quantizer knows those of every node
 * of a type that it quantizes in any format, chosen or not.
 */
function sourcesOf(
  graph: Graph,
  chosen: ReadonlySet<Node>,
  isFloat: (value: string) => boolean,
  options: QuantizeOptions,
): Map<string, RangeSource> {
  const known = rangeSources(graph, (node) => chosen.has(node), isFloat);
  const isMeasured = isExact(options)
    ? (node: Node) => isSupported(node, true) || hasIntegerForm(node, true)
    : (node: Node) => chosen.has(node);
  const sources = new Map<string, RangeSource>();
  for (const node of graph.nodes) {
    if (!isMeasured(node)) continue;
    for (const value of [...node.inputs, ...node.outputs]) {
      if (isFloat(value) && !graph.initializers.has(value)) sources.set(value, known.get(value) ?? value);
    }
  }
  return sources;
}
