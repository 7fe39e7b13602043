/** Lookups in a table of 4 and 8 bits in blocks (onnxruntime, ContribOperators.md, GatherBlockQuantized). */
import type { Graph } from '../../../graph/graph.js';
import type { Attribute } from '../../../graph/model.js';
import { intAttribute, Node } from '../../../graph/node.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { Naming } from '../naming.js';
import { removeInitializer } from '../removeInitializer.js';
import { scaleLayout } from '../scaleLayout.js';
import { tensorFrom } from '../tensors.js';
import type { ValueParameters } from '../valueParameters.js';
import { contribDomain } from './blockedProduct.js';
import { store, zeroPointTensor } from './storedWeight.js';
import type { Stored, Successors, WrittenWeight } from './storedWeight.js';
import type { WeightSite } from './weightSite.js';

/**
 * GatherBlockQuantized in the place of each lookup. The operator takes 4 bits as such (operator set 21), and uint8, whose
 * zero points are 128 where there are none: they are written, so that all readers of the file agree.
 */
export function writeBlockedLookups(
  graph: Graph,
  naming: Naming,
  { weight, shape, sites, rounded }: WrittenWeight,
): Successors {
  const successors: Successors = new Map();
  const { codes, parameters } = rounded;
  const [{ channelAxis: gatherAxis = 0, blockAxis = 0 }] = sites as [WeightSite];
  const blocked = alongBlocks(parameters, shape, blockAxis);
  const { scaleShape } = scaleLayout(shape, blocked);
  const isBytes = elementTypes[parameters.type].bits === 8;
  const shift = parameters.type === 'int8' ? 128 : 0;
  const type = isBytes ? 'uint8' : parameters.type;
  const zeroPoints = blocked.zeroPoints.map((each) => each + shift);
  const stored = store(graph, naming, weight, {
    codes: tensorFrom(type, shape, shift === 0 ? codes : Uint8Array.from(codes, (code) => code + shift)),
    scales: tensorFrom('float32', scaleShape, blocked.scales),
    zeroPoints: isBytes ? tensorFrom(type, scaleShape, zeroPoints) : zeroPointTensor(type, scaleShape, zeroPoints),
  });
  removeInitializer(graph, weight);
  for (const { node } of sites) {
    const form = { gatherAxis, quantizeAxis: blockAxis, blockSize: blocked.blockSize, isBytes };
    const lookup = gatherBlockQuantized(node, stored, form, node.name);
    graph.insertBefore(node, lookup);
    graph.remove(node);
    successors.set(node, lookup);
  }
  return successors;
}

export interface LookupForm {
  readonly gatherAxis: number;
  readonly quantizeAxis: number;
  readonly blockSize: number;
  /** uint8, an element a byte, and not a type of 4 bits. */
  readonly isBytes: boolean;
}

/** GatherBlockQuantized with the indices and the output of a Gather. */
export function gatherBlockQuantized(
  { inputs: [, indices = ''], outputs }: Node,
  { integers, scale, zeroPoint }: Stored,
  { gatherAxis, quantizeAxis, blockSize, isBytes }: LookupForm,
  name: string | undefined,
): Node {
  const attributes = new Map<string, Attribute>([
    ['gather_axis', intAttribute(gatherAxis)],
    ['quantize_axis', intAttribute(quantizeAxis)],
    ['block_size', intAttribute(blockSize)],
  ]);
  if (isBytes) attributes.set('bits', intAttribute(8));
  const inputs = [integers, indices, scale];
  if (zeroPoint !== undefined) inputs.push(zeroPoint);
  const opType = 'GatherBlockQuantized';
  return new Node({ opType, domain: contribDomain, name, inputs, outputs: [...outputs], attributes });
}

/** The scales as those of blocks along an axis: where they are those of rows or of the whole, one block is the axis. */
function alongBlocks(
  parameters: ValueParameters,
  shape: readonly number[],
  blockAxis: number,
): ValueParameters & { readonly axis: number; readonly blockSize: number } {
  const { axis, blockSize } = parameters;
  if (axis === blockAxis && blockSize !== undefined) return { ...parameters, axis, blockSize };
  const length = shape[blockAxis] ?? 1;
  const whole = { axis: blockAxis, blockSize: Math.max(16, 2 ** Math.ceil(Math.log2(length))) };
  const before = scaleLayout(shape, parameters);
  const after = scaleLayout(shape, whole);
  const scales = new Float32Array(after.scaleCount);
  const zeroPoints = new Array<number>(after.scaleCount);
  after.forEachRun((start, end, first, step) => {
    for (let at = start, s = first; at < end; at++, s += step) {
      const own = before.scaleOf(at);
      scales[s] = parameters.scales[own] as number;
      zeroPoints[s] = parameters.zeroPoints[own] as number;
    }
  });
  return { ...parameters, ...whole, scales, zeroPoints };
}
