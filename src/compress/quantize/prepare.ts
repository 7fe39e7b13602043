import { copyModel } from '../../graph/copy.js';
import type { Model } from '../../graph/model.js';
import { constantsToInitializers } from '../../graph/passes/constantsToInitializers.js';
import { foldBatchNormalization } from '../../graph/passes/foldBatchNormalization.js';
import { runPasses } from '../../graph/passes/pass.js';
import { upgradeOpset } from '../../graph/passes/upgradeOpset.js';
import { sentence } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import type { WorkContext } from '../method.js';
import { condition, refuseConditioning } from './conditioning/condition.js';
import { trainingStatistics } from './conditioning/dataFree/trainingStatistics.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';

/** DequantizeLinear has an axis since this operator set. */
export const perChannelOpset = 13;

/** The least that onnxruntime fuses integer kernels for. */
const leastOpset = 11;

/** The least with QuantizeLinear; what is older onnxruntime's quantizer converts. */
const firstQuantizedOpset = 10;

/**
 * Makes a model ready for quantization: weights out of Constant nodes, BatchNormalization folded, an operator set with
 * scales per channel. For onnxruntime's results only an operator set that is too old is raised, as there.
 */
export async function prepare(
  original: Model,
  options: QuantizeOptions,
  context: WorkContext,
): Promise<{ model: Model; notes: readonly Message[] }> {
  refuseConditioning(options);
  const model = copyModel(original);
  if (isExact(options)) {
    if (opsetOf(model) < firstQuantizedOpset) await runPasses(model, upgradeOpset(leastOpset));
    return { model, notes: [] };
  }
  await runPasses(model, constantsToInitializers);
  const notes: Message[] = [];
  const statistics = await trainingStatistics(model);
  if (options.foldBatchNormalization) {
    const before = countNormalizations(model);
    await runPasses(model, foldBatchNormalization);
    const count = before - countNormalizations(model);
    if (count > 0) notes.push(sentence('compress.quantize.note.folded', { count }));
  }
  notes.push(...(await raiseOpset(model)));
  notes.push(...(await condition(model, options, context, statistics)));
  return { model, notes };
}

/** Raises the operator set for scales per channel; a model that cannot be raised goes on without, if it can. */
async function raiseOpset(model: Model): Promise<Message[]> {
  const from = opsetOf(model);
  if (from >= perChannelOpset) return [];
  try {
    await runPasses(model, upgradeOpset(perChannelOpset));
  } catch (error) {
    if (!(error instanceof Failure) || from < leastOpset) throw error;
    return [sentence('compress.quantize.note.opset-per-tensor', { opset: from, reason: error.message })];
  }
  return [sentence('compress.quantize.note.opset', { from, to: opsetOf(model) })];
}

function opsetOf(model: Model): number {
  return model.opsets.get('') ?? 0;
}

function countNormalizations({ graph }: Model): number {
  return graph.nodes.filter((node) => node.is('BatchNormalization')).length;
}
