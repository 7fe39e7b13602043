import { basename } from 'node:path';
import type { Dataset } from '../../data/dataset.js';
import { carryNotes } from '../../data/carried.js';
import { carriedBy, openModelData, type DataChoices } from '../../data/openModelData.js';
import { layersOf } from '../../graph/layers.js';
import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { OpenedModel } from '../../onnx/openModel.js';
import { commonInputs } from '../commonInputs.js';
import { withModels } from '../compareModels.js';
import { withRecordedStates } from '../../runtime/recordedStates.js';
import type { ActivationError, Comparison, OutputComparison } from '../comparison.js';
import type { EvaluationContext } from '../evaluateModels.js';
import { matchLayers, type Matching } from '../matching/matchLayers.js';
import { measureQuality, type LoadedModel, type QualityResult } from '../quality.js';
import { refusedRandomInputs } from '../refusedRandomInputs.js';
import { Stages } from '../stages.js';
import { measureLayerErrors } from './layerErrors.js';

export interface MeasureErrorsRequest extends DataChoices {
  /** Paths of the models; a is the original. */
  readonly a: string;
  readonly b: string;
  /** What to measure on, as `openDataset` takes it, or opened. */
  readonly data: string | Dataset;
  /** At most so many samples of data that is opened here. */
  readonly limit?: number;
  readonly threads?: number;
  /** Bytes of captured tensors in memory at once. */
  readonly budgetBytes?: number;
}

export interface MeasuredErrors {
  readonly outputs: OutputComparison;
  /** In the order of the layers of the comparison. */
  readonly layers: readonly (ActivationError | null)[];
  /** The local SQNR of each layer of b in file order; null where it was not measured. */
  readonly localByLayer: readonly (number | null)[];
}

/**
 * Measures on data how far two models agree, and in which layers the error arises. Aborting rejects with `cancelled`.
 */
export async function measureErrors(
  { a, b, data, limit, threads, budgetBytes, carry, preprocess }: MeasureErrorsRequest,
  { runtime, signal, onProgress, images }: EvaluationContext,
): Promise<MeasuredErrors> {
  const started = performance.now();
  return withModels(a, b, signal, async (first, second) => {
    const models = [named(first), named(second)] as const;
    const opening = { inputs: commonInputs(models), limit, carry, preprocess, images };
    const opened = [first.model, second.model];
    const dataset = typeof data === 'string' ? await openModelData(data, opened, opening) : data;
    const stages = new Stages(
      [
        ['quality', 1, 'evaluate.stage.quality'],
        ['errors', 4, 'evaluate.stage.errors'],
      ],
      onProgress,
    );
    const reportQuality = stages.begin('quality');
    const quality = await measureOutputs([first, second], dataset, carry, {
      runtime,
      signal,
      onProgress: reportQuality,
    });
    const reportErrors = stages.begin('errors');
    const matching = await matchLayers(layersOf(first.model), layersOf(second.model));
    // Both models run on the states of the original: what drifts over a sequence is in the agreement of the outputs.
    const samples = await withRecordedStates(runtime, first.model, dataset, { name: models[0].name, signal });
    const { errors, passes } = await measureLayerErrors(...models, matching, samples, {
      runtime,
      signal,
      threads,
      budgetBytes,
      batchSize: quality.batchSize,
      onProgress: (fraction, { pass, passes }) =>
        reportErrors(
          fraction,
          passes > 1 ? sentence('evaluate.stage.errors-pass', { pass, passes }) : sentence('evaluate.stage.errors'),
        ),
    });
    const outputs: OutputComparison = {
      data: dataset.name,
      samples: dataset.sampleCount,
      agreement: quality.agreement ?? null,
      disagreements: quality.disagreements ?? null,
      measured: errors.filter((error) => error !== null && error.cumulativeSqnrDb !== null).length,
      passes,
      worstLayer: worstLayer(matching, errors),
      notes: [...dataset.warnings, ...carryNotes(dataset.carried ?? []), ...quality.notes, ...errorNotes(errors)],
      seconds: (performance.now() - started) / 1000,
    };
    return { outputs, layers: errors, localByLayer: localByLayer(matching, errors) };
  });
}

/** The comparison with what data showed of it. */
export function withErrors(comparison: Comparison, { outputs, layers }: MeasuredErrors): Comparison {
  return {
    ...comparison,
    layers: comparison.layers.map((pair, i) => (layers[i] ? { ...pair, activations: layers[i] } : pair)),
    outputs,
  };
}

const named = ({ path, model }: OpenedModel) => ({ name: basename(path), model });

async function measureOutputs(
  opened: readonly [OpenedModel, OpenedModel],
  dataset: Dataset,
  carry: readonly string[] | undefined,
  { runtime, signal, onProgress }: Omit<EvaluationContext, 'onProgress'> & { onProgress(fraction: number): void },
): Promise<QualityResult> {
  const models: LoadedModel[] = [];
  try {
    for (const { path, model } of opened) {
      const session = await runtime.load({ kind: 'file', path }, {}, signal);
      models.push({ name: basename(path), session, carried: dataset.carried && carriedBy(model, dataset, carry) });
    }
    return await measureQuality(models as [LoadedModel, LoadedModel], dataset, { signal, onProgress });
  } catch (error) {
    throw dataset.name === 'random' ? refusedRandomInputs(error, dataset) : error;
  } finally {
    await Promise.all(models.map(({ session }) => session.release()));
  }
}

function localByLayer({ matches, b }: Matching, errors: readonly (ActivationError | null)[]): (number | null)[] {
  const local = new Map(matches.map((match, i) => [match.b, errors[i]?.localSqnrDb ?? null]));
  return b.layers.map((layer) => local.get(layer) ?? null);
}

function worstLayer({ matches }: Matching, errors: readonly (ActivationError | null)[]): string | null {
  let worst = -1;
  for (const [i, error] of errors.entries()) {
    const local = error?.localSqnrDb ?? Infinity;
    if (local < (worst < 0 ? Infinity : errors[worst]!.localSqnrDb!)) worst = i;
  }
  return worst < 0 ? null : (matches[worst]!.b?.name ?? null);
}

function errorNotes(errors: readonly (ActivationError | null)[]): Message[] {
  const unmeasured = errors.filter(
    (error) => error?.missing && error.cumulativeSqnrDb === null && error.missing.id !== 'evaluate.errors.not-real',
  ).length;
  return [
    sentence('evaluate.errors.float'),
    ...(unmeasured > 0 ? [sentence('evaluate.errors.unmeasured', { count: unmeasured })] : []),
  ];
}
