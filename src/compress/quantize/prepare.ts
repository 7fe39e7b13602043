import { copyModel } from '../../graph/copy.js';
import { inferShapes } from '../../graph/inferShapes.js';
import type { Model } from '../../graph/model.js';
import { constantsToInitializers } from '../../graph/passes/constantsToInitializers.js';
import { foldBatchNormalization } from '../../graph/passes/foldBatchNormalization.js';
import { foldConstantFactors } from '../../graph/passes/foldConstantFactors.js';
import { runPasses } from '../../graph/passes/pass.js';
import { upgradeOpset } from '../../graph/passes/upgradeOpset.js';
import { sentence } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import type { WorkContext } from '../method.js';
import { condition, refuseConditioning } from './conditioning/condition.js';
import { constantNodes, foldConstants } from './foldConstants.js';
import { trainingStatistics } from './conditioning/dataFree/trainingStatistics.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import { opsetLikeOnnxruntime, perChannelOpset, requiredOpset } from './requiredOpset.js';

/** The least that onnxruntime fuses integer kernels for. */
const leastOpset = 11;

/** The least with QuantizeLinear; what is older onnxruntime's quantizer converts. */
const firstQuantizedOpset = 10;

/**
 * Makes a model ready for quantization: weights out of Constant nodes, constants and BatchNormalization folded, an
 * operator set with what the types ask for. For onnxruntime's results only an operator set that is too old is raised, as
 * there.
 */
export async function prepare(
  original: Model,
  options: QuantizeOptions,
  context: WorkContext,
): Promise<{ model: Model; notes: readonly Message[] }> {
  refuseConditioning(options);
  const model = copyModel(original);
  if (isExact(options)) {
    const least = Math.max(opsetLikeOnnxruntime(options), opsetOf(model) < firstQuantizedOpset ? leastOpset : 0);
    if (opsetOf(model) < least) await runPasses(model, upgradeOpset(least));
    return { model, notes: [] };
  }
  await runPasses(model, constantsToInitializers);
  const notes: Message[] = [];
  if (options.foldConstants) notes.push(...(await foldConstantNodes(model, context)));
  const statistics = await trainingStatistics(model);
  if (options.foldBatchNormalization) {
    const before = countNormalizations(model);
    await runPasses(model, foldBatchNormalization);
    const count = before - countNormalizations(model);
    if (count > 0) notes.push(sentence('compress.quantize.note.folded', { count }));
    const nodes = model.graph.nodes.length;
    await runPasses(model, foldConstantFactors);
    const merged = nodes - model.graph.nodes.length;
    if (merged > 0) notes.push(sentence('compress.quantize.note.folded-factors', { count: merged }));
  }
  notes.push(...(await raiseOpset(model, options)));
  notes.push(...(await condition(model, options, context, statistics)));
  if (options.inferShapes) notes.push(writeShapes(model));
  return { model, notes };
}

async function foldConstantNodes(model: Model, { laboratory, signal }: WorkContext): Promise<Message[]> {
  if (laboratory) {
    const count = await foldConstants(model, laboratory, signal);
    return count > 0 ? [sentence('compress.quantize.note.folded-constants', { count })] : [];
  }
  const count = constantNodes(model).length;
  return count > 0 ? [sentence('compress.quantize.note.constants-not-folded', { count })] : [];
}

/**
 * Raises the operator set for scales per channel, without which a model that cannot be raised goes on if it can, and for
 * types that need a newer one. Throws a Failure where those cannot be had.
 */
async function raiseOpset(model: Model, options: QuantizeOptions): Promise<Message[]> {
  const from = opsetOf(model);
  const need = requiredOpset(options);
  if (need && from < need.opset) {
    if (!options.upgradeOpset) throw new Failure('compress.quantize.opset-too-old', { from, ...need });
    await runPasses(model, upgradeOpset(need.opset));
    return [sentence('compress.quantize.note.opset-for', { from, to: need.opset, what: need.what })];
  }
  if (from >= perChannelOpset) return [];
  if (!options.upgradeOpset) {
    if (from < leastOpset)
      throw new Failure('compress.quantize.opset-too-old', { from, opset: leastOpset, what: '8 bits' });
    return [sentence('compress.quantize.note.opset-not-raised', { opset: from })];
  }
  try {
    await runPasses(model, upgradeOpset(perChannelOpset));
  } catch (error) {
    if (!(error instanceof Failure) || from < leastOpset) throw error;
    return [sentence('compress.quantize.note.opset-per-tensor', { opset: from, reason: error.message })];
  }
  return [sentence('compress.quantize.note.opset', { from, to: opsetOf(model) })];
}

/** Writes inferred types and shapes beside the values that have none in the file. */
function writeShapes(model: Model): Message {
  const { graph } = model;
  const inference = inferShapes(model);
  let count = 0;
  for (const name of graph.nodes.flatMap(({ outputs }) => outputs)) {
    if (name === '' || graph.isOutput(name) || graph.valueInfos.get(name)?.type) continue;
    const type = inference.typeOf(graph, name);
    if (!type) continue;
    graph.valueInfos.set(name, { ...graph.valueInfos.get(name), name, type });
    count++;
  }
  return sentence('compress.quantize.note.inferred-shapes', { count });
}

function opsetOf(model: Model): number {
  return model.opsets.get('') ?? 0;
}

function countNormalizations({ graph }: Model): number {
  return graph.nodes.filter((node) => node.is('BatchNormalization')).length;
}
