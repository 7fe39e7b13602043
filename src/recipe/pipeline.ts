/** A compression from file to report: open, prepare, choose, observe, apply, write, check, measure. */
import { basename } from 'node:path';
import type { AnyMethod } from '../compress/registry.js';
import { methodOf } from '../compress/registry.js';
import type {
  ActivationStatistics,
  Applied,
  Candidates,
  Choices,
  Companion,
  Json,
  Range,
  Skipped,
  StatisticsRequest,
  Target,
  WorkContext,
} from '../compress/method.js';
import { preferredChoices } from '../compress/method.js';
import { parseOptions } from '../compress/options.js';
import { withPreset } from '../compress/presets.js';
import type { Dataset } from '../data/dataset.js';
import { carryNotes } from '../data/carried.js';
import type { ImageReader } from '../data/images/imageReader.js';
import { openModelData } from '../data/openModelData.js';
import { splitDataset } from '../data/split.js';
import { evaluateModels } from '../evaluate/evaluateModels.js';
import type { EvaluationReport, MetricFigures } from '../evaluate/evaluation.js';
import { checkMetric } from '../evaluate/metric/metricRunner.js';
import { refusedRandomInputs } from '../evaluate/refusedRandomInputs.js';
import { Stages } from '../evaluate/stages.js';
import type { Model } from '../graph/model.js';
import type { SlowLayer } from '../inspect/findings/slowLayers.js';
import { slowLayers } from '../inspect/findings/slowLayers.js';
import { targetOf } from '../inspect/findings/targetOf.js';
import type { Target as PlaceToRun } from '../inspect/findings/targets.js';
import { english, sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import { formatBytes } from '../messages/units.js';
import type { OpenedModel } from '../onnx/openModel.js';
import { openModel } from '../onnx/openModel.js';
import type { StagedModel } from '../onnx/writeModel.js';
import { checkOutput, stageModel } from '../onnx/writeModel.js';
import { collectActivationStatistics } from '../runtime/activationStatistics.js';
import { measureExactInt8Sums } from '../runtime/exactInt8Sums.js';
import type { RangeStore } from '../runtime/rangeStore.js';
import type { Runtime } from '../runtime/session.js';
import { withRecordedStates } from '../runtime/recordedStates.js';
import { statisticsKey } from '../runtime/statisticsKey.js';
import { latencyAdvice } from './latencyAdvice.js';
import { agreementNote } from './agreementNote.js';
import { isBudgetMet } from './budget.js';
import { commandLine } from './commandLine.js';
import { laboratoryOn } from './laboratory.js';
import { outputBytes } from './outputBytes.js';
import type { CompressReport, Progress } from './report.js';
import type { CompressRequest } from './request.js';

export interface PipelineContext {
  readonly runtime: Runtime;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** About how long to measure latency. */
  readonly latencySeconds?: number;
  /** The bundle that runs a metric of the user's; absent where none may be run. */
  readonly metricWorkerPath?: string;
  /** What reads images; absent: this thread. */
  readonly images?: ImageReader;
  /** What is known of earlier measurements, and where new ones are kept. */
  readonly ranges?: RangeStore;
}

type StageName = 'open' | 'prepare' | 'calibrate' | 'apply' | 'write' | 'check' | 'measure';

/** Compresses the model of a file into another file, and measures both. The input is only read. */
export async function compressModel(request: CompressRequest, context: PipelineContext): Promise<CompressReport> {
  const started = performance.now();
  const target = request.target === undefined ? undefined : targetOf(request.target);
  const method = methodOf(request.method);
  const options = parseOptions(method, withPreset(request.preset, method.name, request.options));
  if (method.needsData(options) && request.data === null) {
    throw new Failure('recipe.needs-data', { method: method.name });
  }
  if (request.measure === false && request.maxDrop !== null) throw new Failure('recipe.budget-unmeasured');
  const stages = compressionStages(context);
  stages.begin('open');
  const opened = await openModel(request.input);
  try {
    await checkOutput(request.output, [opened.path, ...opened.dataFiles]);
    await checkMetric(request.metric, context.metricWorkerPath, context.signal);
    const made = await makeModel(opened.model, method, options, request, context, stages);
    const companion = (await method.companion?.(made.applied.model, options)) ?? null;
    const written = await writeAndMeasure(made.applied.model, companion, opened, request, context, stages);
    const { report, measuredOn, bytes } = written;
    const targeted = target && { target, slow: slowLayers(made.applied.model, target) };
    return {
      input: request.input,
      output: request.output,
      method: method.name,
      options: options as Json,
      applied: made.applied.applied.map(({ layer, choice }) => ({ layer, method: method.name, choice })),
      skipped: [...made.skipped, ...made.applied.skipped],
      notes: distinct([
        ...made.notes,
        ...made.applied.notes,
        ...companionNote(request.output, companion),
        structureNote(bytes),
        ...sizeNote(report),
        ...agreementNote(report),
        ...latencyAdvice(made.applied.model, report.latencyRatio),
        ...targetNotes(targeted),
        ...(report.notes ?? []),
      ]),
      before: report.against!,
      after: report.model,
      agreement: report.agreement ?? null,
      accuracyChange: report.accuracyChange,
      latencyRatio: report.latencyRatio,
      metric: report.metric && metricChange(report.metric),
      measuredOn,
      ...(targeted && { target: { name: targeted.target.name, slow: targeted.slow } }),
      outputBytes: bytes,
      seconds: (performance.now() - started) / 1000,
      budgetMet: isBudgetMet(request.maxDrop, report),
      command: commandLine(request),
    };
  } catch (error) {
    throw context.signal?.aborted ? new Failure('cancelled', {}, { cause: error }) : error;
  } finally {
    await opened.close();
  }
}

/** Each sentence once: of data that is calibrated and measured on the same is said twice. */
function distinct(notes: readonly Message[]): Message[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
}

interface Made {
  readonly applied: Applied;
  readonly skipped: readonly Skipped[];
  readonly notes: readonly Message[];
}

async function makeModel(
  model: Model,
  method: AnyMethod,
  options: unknown,
  request: CompressRequest,
  context: PipelineContext,
  stages: Stages<StageName>,
): Promise<Made> {
  const { runtime, signal, images } = context;
  const asNamed = { carry: request.carry, preprocess: request.preprocess, images };
  const opened = request.data === null ? null : await openModelData(request.data, [model], asNamed);
  stages.begin('prepare');
  const data = opened && (await withRecordedStates(runtime, model, opened, { name: basename(request.input), signal }));
  const target: Target = { exactInt8Sums: await measureExactInt8Sums(runtime, {}, signal) };
  const fit = data && splitDataset(data, request.seed ?? 0).fit;
  const laboratory = fit && laboratoryOn(fit, runtime, basename(request.input));
  const work: WorkContext = { target, laboratory, seed: request.seed ?? 0, signal };
  const prepared = await method.prepare(model, options, work);
  const candidates = method.candidates(prepared.model, options, target);
  const choices = preferredChoices(candidates);
  refuseToDoNothing(choices, candidates);
  const onFraction = stages.begin('calibrate');
  const observed = await observe(prepared.model, method.statistics(prepared.model, choices, options), data, request, {
    ...context,
    onFraction,
  });
  const onProgress = stages.begin('apply');
  const applied = await method.apply({
    model: prepared.model,
    choices,
    statistics: observed.statistics,
    options,
    ...work,
    onProgress,
  });
  const notes = [
    ...(opened?.warnings ?? []),
    ...carryNotes(opened?.carried ?? []),
    ...prepared.notes,
    ...candidates.notes,
    ...observed.notes,
  ];
  return { applied, skipped: candidates.skipped, notes };
}

/** Where nothing is chosen, the reason that most layers have says why. */
function refuseToDoNothing(choices: Choices, { skipped }: Candidates): void {
  if ([...choices.values()].some(({ settings }) => settings !== null)) return;
  if (skipped.length === 0) throw new Failure('compress.nothing-chosen');
  const counts = new Map<string, number>();
  for (const { reason } of skipped) counts.set(english(reason), (counts.get(english(reason)) ?? 0) + 1);
  const [reason, count] = [...counts].reduce((most, each) => (each[1] > most[1] ? each : most));
  throw new Failure('compress.no-layer-fits', { count, total: skipped.length, reason });
}

/** Observes the running model on the part of the data that is for fitting. */
async function observe(
  model: Model,
  wanted: StatisticsRequest,
  data: Dataset | null,
  request: CompressRequest,
  { runtime, signal, ranges: store, onFraction }: PipelineContext & { onFraction: (fraction: number) => void },
): Promise<{ statistics: ActivationStatistics; notes: Message[] }> {
  const distributions = wanted.distributions ?? new Map<string, number | null>();
  const others = (wanted.averages?.values.length ?? 0) + (wanted.magnitudes?.values.length ?? 0);
  if (data === null || wanted.ranges.length + others + distributions.size === 0)
    return { statistics: { ranges: new Map() }, notes: [] };
  const { fit, validate } = splitDataset(data, request.seed ?? 0);
  const name = basename(request.input);
  const options = { signal, onProgress: (fraction: number) => onFraction(fraction), name };
  const key = store && (await statisticsKey(model, fit, signal));
  const known = (key && (await store.read(key))) || new Map<string, Range>();
  const unknown = { ...wanted, ranges: wanted.ranges.filter((value) => !known.has(value)) };
  const found = await collectActivationStatistics(runtime, model, unknown, fit, options).catch((error: unknown) => {
    throw data.name === 'random' ? refusedRandomInputs(error, data) : error;
  });
  const all = new Map([...known, ...found.ranges]);
  if (key && found.ranges.size > 0) await store.write(key, all);
  const ranges = new Map(wanted.ranges.map((value) => [value, all.get(value)!]));
  const notes = [splitNote(data, fit, validate), ...knownNote(ranges.size - found.ranges.size, ranges.size)];
  return { statistics: { ...found, ranges }, notes };
}

function knownNote(count: number, total: number): Message[] {
  return count > 0 ? [sentence('recipe.ranges-known', { count, total })] : [];
}

function splitNote({ sampleCount: total, name }: Dataset, fit: Dataset, validate: Dataset): Message {
  const data = basename(name);
  if (total === 1) return sentence('recipe.calibrated-on-one', { data });
  return sentence('recipe.calibrated-on', { fit: fit.sampleCount, total, validate: validate.sampleCount, data });
}

interface Measured {
  readonly report: EvaluationReport;
  readonly measuredOn: CompressReport['measuredOn'];
}

/** Writes the model under a temporary name, loads and measures it there, and only then puts it in its place. */
async function writeAndMeasure(
  model: Model,
  companion: Companion | null,
  opened: OpenedModel,
  request: CompressRequest,
  context: PipelineContext,
  stages: Stages<StageName>,
): Promise<Measured & { readonly bytes: CompressReport['outputBytes'] }> {
  const { signal } = context;
  const onProgress = stages.begin('write');
  const inputs = [opened.path, ...opened.dataFiles];
  const staged = await stageModel(model, request.output, { signal, inputs, onProgress });
  let beside: StagedModel | undefined;
  try {
    if (companion)
      beside = await stageModel(companion.model, companionPath(request.output, companion), { signal, inputs });
    stages.begin('check');
    await checkThatItLoads(staged.temporaryPath, request.input, context);
    const measured = await measure(staged.temporaryPath, request, context, stages);
    signal?.throwIfAborted();
    await staged.commit();
    await beside?.commit();
    return { ...measured, bytes: outputBytes(model, staged.byteLength) };
  } catch (error) {
    await staged.discard();
    await beside?.discard();
    throw error;
  }
}

/** `model.onnx` has its companion in `model.qonnx.onnx`. */
function companionPath(output: string, { suffix }: Companion): string {
  return `${output.replace(/\.onnx$/i, '')}${suffix}.onnx`;
}

function companionNote(output: string, companion: Companion | null): Message[] {
  return companion ? [sentence(companion.note, { file: basename(companionPath(output, companion)) })] : [];
}

/** Where the original does not load either, the failure is that. */
async function checkThatItLoads(path: string, original: string, { runtime, signal }: PipelineContext): Promise<void> {
  const load = async (file: string) => (await runtime.load({ kind: 'file', path: file }, {}, signal)).release();
  try {
    await load(path);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'runtime.load') throw error;
    await load(original);
    throw new Failure('recipe.does-not-run', { detail: String(error.params.detail) }, { cause: error });
  }
}

const measuring = ({ threads, carry, preprocess, metric, topK }: Partial<CompressRequest>) => ({
  threads,
  carry,
  preprocess,
  metric,
  topK,
});

/**
 * Measures the original and the new model on the test data, else on the calibration data, else on random inputs; or tells
 * their sizes alone.
 */
async function measure(
  model: string,
  { input, output, test, data: calibration, measure: isMeasured = true, ...request }: CompressRequest,
  { runtime, signal, latencySeconds, metricWorkerPath, images }: PipelineContext,
  stages: Stages<StageName>,
): Promise<Measured> {
  const data = isMeasured ? (test ?? calibration ?? 'random') : null;
  const onProgress = stages.begin('measure');
  const report = await evaluateModels(
    {
      ...measuring(request),
      model,
      modelName: basename(output),
      against: input,
      data,
      gzip: isMeasured,
      latencySeconds,
    },
    {
      runtime,
      signal,
      metricWorkerPath,
      images,
      onProgress: ({ stage, fraction }) => onProgress(fraction ?? 0, stage),
    },
  );
  return {
    report,
    measuredOn: data === 'random' || data === null ? 'nothing' : test !== null ? 'test' : 'calibration',
  };
}

function metricChange({ model: after, against: before, ...figures }: MetricFigures): CompressReport['metric'] {
  return { ...figures, before: before!, after };
}

function structureNote({ weights, scales, structure }: CompressReport['outputBytes']): Message {
  return sentence('recipe.structure', {
    weights: formatBytes(weights),
    scales: formatBytes(scales),
    structure: formatBytes(structure),
  });
}

function targetNotes(targeted: { target: PlaceToRun; slow: readonly SlowLayer[] } | undefined): Message[] {
  if (!targeted) return [];
  const { target, slow } = targeted;
  const id = slow.length === 0 ? 'recipe.target.fast' : 'recipe.target.slow';
  return [sentence(id, { target: target.title, count: slow.length })];
}

/** Small models can grow. */
function sizeNote({ model, against }: EvaluationReport): Message[] {
  return against && model.bytes >= against.bytes ? [sentence('recipe.not-smaller')] : [];
}

function compressionStages({ onProgress }: PipelineContext): Stages<StageName> {
  return new Stages<StageName>(
    [
      ['open', 1, 'recipe.stage.open'],
      ['prepare', 3, 'recipe.stage.prepare'],
      ['calibrate', 30, 'recipe.stage.calibrate'],
      ['apply', 5, 'recipe.stage.apply'],
      ['write', 5, 'recipe.stage.write'],
      ['check', 3, 'recipe.stage.check'],
      ['measure', 53, 'evaluate.stage.quality'],
    ],
    onProgress,
  );
}
