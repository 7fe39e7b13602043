import type { PlannedBatch } from '../../data/batches.js';
import { planBatches } from '../../data/batches.js';
import type { Dataset } from '../../data/dataset.js';
import type { Layer } from '../../graph/layers.js';
import type { Message } from '../../messages/message.js';
import { captureSizes, defaultCaptureBytes, groupByBudget } from '../../runtime/captureSizes.js';
import type { ModelValue } from '../../runtime/observableValues.js';
import type { Runtime, SessionOptions } from '../../runtime/session.js';
import type { ActivationError } from '../comparison.js';
import type { Matching } from '../matching/matchLayers.js';
import { cumulativeSum, localSum, runErrorPass, type MeasuredModel } from './errorPass.js';
import { planErrors, type MeasuredValue } from './errorPlan.js';
import { mainValue } from './mainValue.js';

export interface LayerErrorOptions {
  readonly runtime: Runtime;
  readonly signal?: AbortSignal;
  readonly threads?: number;
  /** Samples that both models take at once. */
  readonly batchSize: number;
  /** Bytes of captured tensors in memory at once. */
  readonly budgetBytes?: number;
  readonly onProgress?: (fraction: number, pass: { readonly pass: number; readonly passes: number }) => void;
}

export interface LayerErrors {
  /** In the order of the matches; null for layers that are alone or only carry a quantization. */
  readonly errors: readonly (ActivationError | null)[];
  readonly passes: number;
}

/** Nodes run as they stand: fused kernels would keep values from being seen, and sum in another order. */
const asItStands: SessionOptions = { optimization: 'disabled', memoryArena: false };

/**
 * Measures for each matched pair of layers how far what b makes lies from what a makes, over all samples: in the whole of b
 * (cumulative), and with the layer of b run alone on what a makes (local), which counts in the rounding of its own inputs,
 * weights and outputs. Captured values are held within the budget: where they do not fit at once, the samples are gone through
 * in several passes. Memory does not grow with the number of samples.
 */
export async function measureLayerErrors(
  a: MeasuredModel,
  b: MeasuredModel,
  matching: Matching,
  dataset: Dataset,
  options: LayerErrorOptions,
): Promise<LayerErrors> {
  const { runtime, signal, threads, onProgress, budgetBytes = defaultCaptureBytes } = options;
  const sessionOptions: SessionOptions = { ...asItStands, threads };
  const [first] = planBatches(dataset, 1) as [PlannedBatch];
  const { feeds } = await dataset.read(first.samples);
  const plan = planErrors(a.model, b.model, matching, feeds);
  const sizing = { runtime, options: sessionOptions, signal, name: a.name };
  const sizes = await captureSizes(a.model, matching.a.layers as Layer[], plan.values.map(sized), feeds, sizing);
  // What a makes, what b makes of it, and what the layer alone makes of it.
  const together = sizes.map((bytes) => 3 * bytes);
  const groups = groupByBudget(plan.values, together, budgetBytes);
  const total = together.reduce((sum, bytes) => sum + bytes, 0);
  const fitting = groups.length > 1 ? 1 : Math.max(1, Math.floor(budgetBytes / Math.max(1, total)));
  const batches = planBatches(dataset, Math.min(options.batchSize, fitting));

  const missing = new Map(plan.missing);
  const bench = runtime.workbench();
  try {
    for (const [pass, values] of groups.entries()) {
      await runErrorPass(a, b, values, plan.feeds, {
        bench,
        options: sessionOptions,
        signal,
        dataset,
        batches,
        missing,
        onProgress: (fraction) =>
          onProgress?.((pass + fraction) / groups.length, { pass: pass + 1, passes: groups.length }),
      });
    }
    const sqnrs = await bench.sqnrs(signal);
    return { errors: matching.matches.map((_, match) => pairError(match, sqnrs, missing)), passes: groups.length };
  } finally {
    await bench.close();
  }
}

function pairError(
  match: number,
  sqnrs: ReadonlyMap<number, number>,
  missing: ReadonlyMap<number, Message>,
): ActivationError | null {
  const localSqnrDb = sqnrs.get(localSum(match)) ?? null;
  const cumulativeSqnrDb = sqnrs.get(cumulativeSum(match)) ?? null;
  const why = missing.get(match);
  if (localSqnrDb === null && cumulativeSqnrDb === null && !why) return null;
  return { localSqnrDb, cumulativeSqnrDb, ...(why ? { missing: why } : {}) };
}

const sized = ({ a, elementType, body }: MeasuredValue): ModelValue => body?.a ?? mainValue(a, elementType);
