/** Activation-aware scaling: input channels that see large activations get the finer grid (Lin et al. 2023, AWQ). */
import type { LinearLayer } from '../../../graph/channels/linearLayer.js';
import { layersOf } from '../../../graph/layers.js';
import type { Model } from '../../../graph/model.js';
import { Names } from '../../../graph/names.js';
import type { Node } from '../../../graph/node.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import type { ExperimentOptions, Laboratory } from '../../laboratory.js';
import { ConstantWriter } from '../conditioning/channelScales.js';
import { findSmoothings } from '../conditioning/smoothQuant.js';
import { selectLayers } from '../layerSelection.js';
import type { WeightFormat } from '../layerSettings.js';
import type { QuantizeOptions } from '../options.js';
import { partialModel } from '../rounding/partialModel.js';
import type { Scaling } from './insertedScaling.js';
import { insertedScalings } from './insertedScaling.js';
import { outputErrors } from './outputErrors.js';
import { weightFormats } from './weightFormats.js';
import { weightGrid } from './weightGrid.js';
import { granularityOf, weightAxes } from './weightSite.js';
import { dequantizeArray, quantizeArray } from '../weights.js';

/** The exponents that are tried, as in the paper's code; 0 leaves the weights as they are. */
const exponents = Array.from({ length: 20 }, (_, i) => i / 20);

/** The second moment of more inputs than this would take more memory than is left for it. */
const mostInputs = 6144;
/** Second moments that are added up in one pass over the samples: the bytes of their sums. */
const passBytes = 256 << 20;
/** Differences of weights that are weighed in one run. */
const runBytes = 64 << 20;
const samplesAtOnce = 8;
/** No scale is smaller before they are brought around 1: a channel that is always 0 would ask for 0. */
const leastScale = 1e-4;

/**
 * Divides channel j of what products of matrices read by s_j = (mean |x_j|)^alpha, brought around 1, and multiplies their
 * weights by it; what is computed stays the same. For each value that alpha of [0, 1) is taken that leaves the least
 * squared error of the outputs once the weights are rounded to the nearest on their grids (Lin et al. 2023, AWQ, section
 * 3.2, equations 4 and 5), by the second moments of the inputs. The division goes into what makes the channels, or into a
 * Mul. The model is edited.
 */
export async function scaleByActivations(
  model: Model,
  options: QuantizeOptions,
  laboratory: Laboratory,
  { signal, onProgress }: ExperimentOptions = {},
): Promise<Message[]> {
  const formats = wantedFormats(model, options);
  const scalings = findScalings(model, formats);
  const writer = new ConstantWriter(model.graph, new Names(model));
  let scaled = 0;
  let done = 0;
  for (const group of passes(scalings)) {
    const seen = await observeInputs(model, group, laboratory, signal);
    for (const scaling of group) {
      signal?.throwIfAborted();
      const scales = await bestScales(scaling, seen, formats, writer, laboratory, signal);
      if (scales) {
        await scaling.fold(writer, scales, signal);
        scaled++;
      }
      onProgress?.(++done / scalings.length);
    }
  }
  return [
    scaled > 0
      ? sentence('compress.quantize.note.scaled-by-activations', { count: scaled, total: scalings.length })
      : sentence('compress.quantize.note.nothing-scaled-by-activations'),
  ];
}

/** How the weights of the nodes are stored that are to be quantized. */
function wantedFormats(model: Model, options: QuantizeOptions): Map<Node, WeightFormat> {
  const layers = layersOf(model);
  const formats = weightFormats(model, layers, options);
  const selection = selectLayers(layers, options);
  const wanted = new Map<Node, WeightFormat>();
  for (const layer of layers) {
    const format = selection.objection(layer) ? null : formats.formatOf(layer);
    if (format) wanted.set(layer.node, format);
  }
  return wanted;
}

/** The values whose readers are all to have their weights quantized, each weight with one reader. */
function findScalings(model: Model, wanted: ReadonlyMap<Node, WeightFormat>): Scaling[] {
  const { smoothings, left } = findSmoothings(model);
  const { graph } = model;
  return [...smoothings, ...insertedScalings(left)].filter(({ consumers }) =>
    consumers.every(
      ({ layer: { node, weight, inputChannels } }) =>
        wanted.has(node) && graph.uses(weight).length === 1 && inputChannels <= mostInputs,
    ),
  );
}

function passes(scalings: readonly Scaling[]): Scaling[][] {
  const groups: Scaling[][] = [];
  let bytes = Infinity;
  for (const scaling of scalings) {
    const values = new Map(scaling.consumers.map(({ value, layer }) => [value, layer.inputChannels]));
    const more = [...values.values()].reduce((sum, inputs) => sum + 8 * inputs ** 2, 0);
    if (bytes + more > passBytes) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(scaling);
    bytes += more;
  }
  return groups;
}

interface SeenInputs {
  /** Sums of |x_j|. */
  readonly magnitudes: Float64Array;
  /** [inputs, inputs], sums of x_i x_j. */
  readonly moments: Float32Array;
}

async function observeInputs(
  model: Model,
  scalings: readonly Scaling[],
  laboratory: Laboratory,
  signal: AbortSignal | undefined,
): Promise<Map<string, SeenInputs>> {
  const inputsOf = new Map(
    scalings.flatMap(({ consumers }) => consumers.map(({ value, layer }) => [value, layer.inputChannels] as const)),
  );
  const observed = partialModel(model, new Map(), (writer) =>
    Object.fromEntries(
      [...inputsOf].flatMap(([value, inputs]) => {
        const rows = writer.reshape(value, [-1, inputs]);
        return [
          [`moments ${value}`, writer.product(rows, rows, { transA: true })],
          [`magnitudes ${value}`, writer.sum(writer.add('Abs', [rows]), [0])],
        ];
      }),
    ),
  );
  const names = Object.values(observed.outputs);
  const sums = await laboratory.accumulate(observed.model, names, { batchSize: samplesAtOnce, signal });
  return new Map(
    [...inputsOf.keys()].map((value) => {
      const sumOf = (what: string) => sums.get(observed.outputs[`${what} ${value}`] ?? '')?.sums;
      const moments = sumOf('moments');
      const magnitudes = sumOf('magnitudes');
      if (!moments || !magnitudes) throw new RangeError(`nothing was seen of ${value}`);
      return [value, { moments: Float32Array.from(moments), magnitudes }];
    }),
  );
}

/** The scales of the best exponent; undefined where none is better than to leave the weights as they are. */
async function bestScales(
  { count, consumers, worthwhile = 1 }: Scaling,
  seen: ReadonlyMap<string, SeenInputs>,
  formats: ReadonlyMap<Node, WeightFormat>,
  writer: ConstantWriter,
  laboratory: Laboratory,
  signal: AbortSignal | undefined,
): Promise<Float64Array | undefined> {
  const magnitudes = new Float64Array(count);
  for (const { value, inner } of consumers) {
    seen.get(value)?.magnitudes.forEach((sum, j) => (magnitudes[Math.floor(j / inner)]! += sum));
  }
  const candidates = exponents.map((exponent) => scalesOf(magnitudes, exponent));
  const errors = new Float64Array(exponents.length);
  for (const { layer, value, inner } of consumers) {
    const { data, shape } = await writer.read(layer.node, 1);
    const moments = (seen.get(value) as SeenInputs).moments;
    const format = formats.get(layer.node) as WeightFormat;
    const atOnce = Math.max(1, Math.floor(runBytes / (4 * data.length)));
    for (let first = 0; first < candidates.length; first += atOnce) {
      const differences = candidates
        .slice(first, first + atOnce)
        .map((scales) => roundingDifference(layer, data, shape, (input) => scales[Math.floor(input / inner)]!, format));
      if (differences.some((each) => each === undefined)) return undefined;
      const found = await outputErrors(laboratory, layer, moments, differences as Float32Array[], signal);
      found.forEach((error, i) => (errors[first + i]! += error));
    }
  }
  const least = errors.indexOf(Math.min(...errors));
  return errors[least]! < errors[0]! * worthwhile ? candidates[least] : undefined;
}

/** Scales around 1: their least times their greatest is 1. */
function scalesOf(magnitudes: Float64Array, exponent: number): Float64Array {
  const scales = magnitudes.map((magnitude) => Math.max(magnitude ** exponent, leastScale));
  const middle = Math.sqrt(Math.min(...scales) * Math.max(...scales));
  return scales.map((scale) => scale / middle);
}

/** What rounding on scaled grids changes of a weight, at its own scale; undefined where an element is not finite. */
function roundingDifference(
  layer: LinearLayer,
  data: Float32Array,
  shape: readonly number[],
  scaleOf: (input: number) => number,
  format: WeightFormat,
): Float32Array | undefined {
  const { columns, rowsAre } = layer;
  const inputOf = (at: number) => (rowsAre === 'inputs' ? Math.floor(at / columns) : at % columns);
  const scaled = data.map((each, at) => each * scaleOf(inputOf(at)));
  const granularity = granularityOf({ shape, ...weightAxes(layer.node, 1, shape) }, format);
  const grid = weightGrid(scaled, shape, granularity, format);
  if (!grid) return undefined;
  const rounded = dequantizeArray(quantizeArray(scaled, shape, grid), shape, grid);
  return rounded.map((each, at) => each / scaleOf(inputOf(at)) - data[at]!);
}
