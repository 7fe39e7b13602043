/** What static quantization will do to a graph: marks, and the measured range that each marked activation needs. */
import type { Graph } from '../../graph/graph.js';
import { Names } from '../../graph/names.js';
import type { Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import { constantOf } from '../../graph/constants.js';
import { Scope } from '../../graph/scope.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import { place } from './families.js';
import { Placement } from './placement.js';
import type { RangeSource } from './rangeSources.js';
import { perChannelOpset } from './prepare.js';
import { rangeSources } from './rangeSources.js';

export interface StaticPlan {
  readonly placement: Placement;
  /** Activations that need a range, and where it comes from. */
  readonly ranges: ReadonlyMap<string, RangeSource>;
}

/** Plans the quantization of the chosen nodes of `model.graph`, which is edited: Relu and Clip nodes are absorbed. */
export function planStatic(
  model: Model,
  chosen: ReadonlySet<Node>,
  isFloat: (value: string) => boolean,
  options: QuantizeOptions,
): StaticPlan {
  const { graph } = model;
  const exact = isExact(options);
  const sources = rangeSources(graph, (node) => chosen.has(node), isFloat);
  const scope = new Scope(graph);
  const opset = model.opsets.get('') ?? 1;
  const placement = new Placement({
    graph,
    opset,
    perChannel: options.perChannel && (exact || opset >= perChannelOpset),
    symmetricActivations: options.symmetricActivations,
    exact,
    isFloat,
    numberOf: (value) => singleNumber(scope, value),
    copyName: exact
      ? (name) => numberedCopy(graph, name)
      : (
          (names) => (name) =>
            names.value(name)
        )(new Names(model)),
  });
  for (const node of graph.nodes) if (chosen.has(node)) place(node, placement);
  const ranges = new Map<string, RangeSource>();
  for (const [value, mark] of placement.marks) {
    if (graph.initializers.has(value)) continue;
    if (mark.sharedWith === undefined || exact) ranges.set(value, sources.get(value) ?? value);
  }
  return { placement, ranges };
}

/** The number that a constant of one float32 element holds. */
function singleNumber(scope: Scope, value: string): number | undefined {
  const tensor = constantOf(scope, value)?.tensor;
  const bytes = tensor?.bytes.resident;
  if (tensor?.elementType !== 'float32' || bytes?.byteLength !== 4) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
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
