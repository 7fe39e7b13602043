/** What static quantization will do to a graph: marks, and the measured range that each marked activation needs. */
import type { Graph } from '../../graph/graph.js';
import { Names } from '../../graph/names.js';
import type { Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import { Scope } from '../../graph/scope.js';
import type { LayerSettings } from './layerSettings.js';
import { valueNames } from './layerSettings.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import { place } from './families.js';
import type { TensorOverride } from './overrides.js';
import { parseOverrides, tensorOverrides } from './overrides.js';
import { Placement } from './placement.js';
import type { RangeSource } from './rangeSources.js';
import { perChannelOpset } from './requiredOpset.js';
import { rangeSources } from './rangeSources.js';
import { singleNumber } from './singleNumber.js';
import { softmaxRange } from './softmax.js';

export interface StaticPlan {
  readonly placement: Placement;
  /** Activations that need a range, and where it comes from. */
  readonly ranges: ReadonlyMap<string, RangeSource>;
  /** What is set by hand for a value. */
  readonly overrides: ReadonlyMap<string, TensorOverride>;
}

/**
 * Plans the quantization of the chosen nodes of `model.graph`, which is edited: Relu and Clip nodes are absorbed. Throws a
 * Failure for an override that matches no value.
 */
export function planStatic(
  model: Model,
  chosen: ReadonlyMap<Node, LayerSettings>,
  isFloat: (value: string) => boolean,
  options: QuantizeOptions,
): StaticPlan {
  const { graph } = model;
  const exact = isExact(options);
  const sources = rangeSources(
    graph,
    (node) => chosen.has(node),
    isFloat,
    (node) => {
      const format = chosen.get(node)?.activations;
      return format && !exact ? softmaxRange(format) : { min: 0, max: 1 };
    },
  );
  const scope = new Scope(graph);
  const opset = model.opsets.get('') ?? 1;
  const overrides = tensorOverrides(parseOverrides(options.overrides), valueNames(graph));
  const placement = new Placement({
    graph,
    opset,
    hasChannelScales: exact || opset >= perChannelOpset,
    exact,
    isFloat,
    isOverridden: (value) => overrides.has(value),
    numberOf: (value) => singleNumber(scope, value),
    copyName: exact
      ? (name) => numberedCopy(graph, name)
      : (
          (names) => (name) =>
            names.value(name)
        )(new Names(model)),
  });
  for (const node of graph.nodes) {
    const settings = chosen.get(node);
    if (settings) place(node, settings, placement);
  }
  const ranges = new Map<string, RangeSource>();
  for (const [value, mark] of placement.marks) {
    if (graph.initializers.has(value)) continue;
    const own = overrides.get(value);
    // A grid that is given needs no range.
    const given = own?.range ?? (own?.scale === undefined ? undefined : { min: 0, max: 0 });
    if (mark.sharedWith === undefined || exact) ranges.set(value, given ?? sources.get(value) ?? value);
  }
  return { placement, ranges, overrides };
}

/** onnxruntime's name of a copy: the initializer's, and a number above those of all whose names begin so. */
function numberedCopy(graph: Graph, name: string): string {
  let greatest = -1;
  for (const other of graph.initializers.keys()) {
    const suffix = other.startsWith(name) ? other.slice(name.length) : '';
    if (/^[+-]?\d+$/.test(suffix)) greatest = Math.max(greatest, Number(suffix));
  }
  return `${name}${greatest + 1}`;
}
