/**
 * A runner: a process that holds onnxruntime sessions and nothing else, so that killing it is a safe way to cancel
 * (ending a worker thread inside `create()` or `run()` aborts the whole process). The only module that loads
 * onnxruntime-node.
 */
import { createReadStream, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type * as Onnxruntime from 'onnxruntime-node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { Failure, failureData } from '../messages/failure.js';
import { elementTypes, type ElementType } from '../tensor/elementType.js';
import type { StatisticsKernel } from '../tensor/measure.js';
import type { NumericArray, TensorArray } from '../tensor/tensor.js';
import { fastKernel } from './fastKernel.js';
import { collectGarbage, noteGarbage } from './garbage.js';
import { HeldValues } from './heldValues.js';
import { iterate } from './iterate.js';
import { Observer } from './observer.js';
import { OutputSums } from './outputSums.js';
import { ProfileReader } from './profileEvents.js';
import type { RunnableModel, RunnerCall, RunnerCalls, RunnerReply, RunnerRequest } from './runnerMessages.js';
import { runtimeMessage } from './runtimeMessage.js';
import type { Feeds, LatencySamples, ModelSource, SessionOptions, SessionValue } from './session.js';

// Where Float16Array exists, onnxruntime-node 1.30 refuses float16 inputs and returns values instead of bits.
delete (globalThis as { Float16Array?: unknown }).Float16Array;
const onnxruntime = import('onnxruntime-node');
onnxruntime.catch(() => {}); // Each call that needs it answers with the reason.

interface LoadedModel {
  readonly session: InferenceSession;
  readonly name: string;
  readonly inputs: readonly SessionValue[];
  readonly outputs: readonly SessionValue[];
  observer?: Observer;
  sums?: OutputSums;
}

let kernel: StatisticsKernel | undefined;
const loaded = new Map<number, LoadedModel>();
const held = new HeldValues();
let lastSession = 0;

const handlers: { [C in RunnerCall]: (argument: RunnerCalls[C]['argument']) => Promise<RunnerCalls[C]['answer']> } = {
  async load({ source, options, shared = false }) {
    const model = await load(source, options, shared);
    loaded.set(++lastSession, model);
    return { session: lastSession, inputs: model.inputs, outputs: model.outputs };
  },

  async run({ session, feeds, fetches }) {
    const model = modelOf(session);
    const results = await runOnce(model, await toTensors(model, feeds), fetches ?? readableOutputs(model));
    return fromTensors(results);
  },

  async observe({ session, outputs, carried }) {
    modelOf(session).observer = new Observer({ outputs, carried }, (kernel ??= fastKernel()));
  },

  async observeRun({ session, feeds, fetches, ...run }) {
    const model = modelOf(session);
    const { observer } = model;
    if (!observer) throw new RangeError('the session is not observed');
    collectGarbage();
    const wanted = [...new Set([...observer.fetches, ...fetches])];
    const results = fromTensors(await runOnce(model, await toTensors(model, observer.feeds(feeds)), wanted));
    observer.take(results, run);
    noteGarbage(bytesOf(results));
    return Object.fromEntries(fetches.flatMap((name) => (results[name] ? [[name, results[name]]] : [])));
  },

  async observed({ session }) {
    return modelOf(session).observer?.statistics() ?? [];
  },

  async accumulateRun({ session, feeds, outputs }) {
    const model = modelOf(session);
    collectGarbage();
    const results = fromTensors(await runOnce(model, await toTensors(model, feeds), outputs));
    (model.sums ??= new OutputSums()).add(results);
    noteGarbage(bytesOf(results));
  },

  async accumulated({ session }) {
    return modelOf(session).sums?.result() ?? new Map();
  },

  async hold({ values }) {
    noteGarbage(held.byteLength);
    held.clear();
    collectGarbage();
    for (const [name, value] of Object.entries(values)) held.hold(name, value);
  },

  async runHeld({ session, inputs, outputs }) {
    const model = modelOf(session);
    const feeds = Object.entries(inputs).flatMap(([input, name]): [string, TensorArray][] => {
      const value = held.value(name);
      return value ? [[input, value]] : [];
    });
    const tensors = await toTensors(model, Object.fromEntries(feeds));
    const results = fromTensors(await runOnce(model, tensors, Object.keys(outputs)));
    for (const [output, name] of Object.entries(outputs)) if (results[output]) held.hold(name, results[output]);
  },

  async alterHeld({ values, dropped }) {
    for (const name of dropped) held.drop(name);
    for (const [name, value] of Object.entries(values)) held.hold(name, value);
  },

  async readHeld({ names }) {
    return Object.fromEntries(names.map((name) => [name, held.require(name)]));
  },

  async collectRun({ session, feeds, outputs, sampling }) {
    const model = modelOf(session);
    collectGarbage();
    const results = fromTensors(await runOnce(model, await toTensors(model, feeds), Object.keys(outputs)));
    for (const [output, name] of Object.entries(outputs)) held.collect(name, results[output]!, sampling);
    noteGarbage(bytesOf(results));
  },

  async finishCollection({ names }) {
    return held.finishCollection(names);
  },

  async iterate({ session, ...iteration }) {
    const model = modelOf(session);
    return iterate(iteration, held, {
      toTensors: (values) => toTensors(model, values),
      run: (feeds, fetches) => runOnce(model, feeds, fetches) as Promise<Record<string, Tensor>>,
      fromTensor,
    });
  },

  async compareHeld({ pairs, samples, valid }) {
    return held.compare(pairs, samples, valid);
  },

  async heldSqnrs() {
    return held.sqnrs();
  },

  async release({ session }) {
    const model = loaded.get(session);
    loaded.delete(session);
    await model?.session.release();
  },

  async measureInTurn({ models, warmup, repeats }) {
    const runs = [];
    for (const model of models) runs.push(await prepareRun(model, models.length > 1));
    const times: number[][] = runs.map(() => []);
    for (let round = -warmup; round < repeats; round++) {
      for (const [i, run] of runs.entries()) {
        const start = performance.now();
        await run();
        const milliseconds = performance.now() - start;
        if (round >= 0) times[i]!.push(milliseconds);
      }
    }
    return times.map((milliseconds): LatencySamples => ({ milliseconds }));
  },

  async profile({ model: { source, options, feeds }, folder, optimizedPath, seconds, fewestRuns, mostRuns }) {
    const model = await load(source, options, false, profiling(folder, optimizedPath));
    const tensors = await toTensors(model, feeds);
    const start = performance.now();
    for (let done = 0; done <= mostRuns; done++) {
      if (done > fewestRuns && performance.now() - start > seconds * 1000) break;
      await runOnce(model, tensors, model.session.outputNames);
    }
    model.session.endProfiling();
    await model.session.release();
    const [file] = (await readdir(folder)).filter((name) => name.startsWith(profilePrefix));
    const reader = new ProfileReader(1);
    for await (const line of createInterface(createReadStream(join(folder, file!)))) reader.add(line);
    return reader.result();
  },

  async peakMemory({ model }) {
    await binding();
    if (model) await (await prepareRun(model, false))();
    return peakResidentBytes();
  },
};

function bytesOf(results: Readonly<Record<string, TensorArray>>): number {
  return Object.values(results).reduce((sum, { data }) => sum + data.byteLength, 0);
}

async function prepareRun({ source, options, feeds }: RunnableModel, shared: boolean): Promise<() => Promise<unknown>> {
  const model = await load(source, options, shared);
  const tensors = await toTensors(model, feeds);
  return () => runOnce(model, tensors, model.session.outputNames);
}

async function load(
  source: ModelSource,
  options: SessionOptions = {},
  shared: boolean,
  more: InferenceSession.SessionOptions = {},
): Promise<LoadedModel> {
  const { InferenceSession } = await binding();
  const name = source.kind === 'file' ? basename(source.path) : source.name;
  const native = { ...nativeOptions(options, shared, source.kind === 'bytes' ? source.folder : undefined), ...more };
  try {
    const session =
      source.kind === 'file'
        ? await InferenceSession.create(source.path, native)
        : await InferenceSession.create(source.bytes, native);
    return {
      session,
      name,
      inputs: session.inputMetadata.map(sessionValue),
      outputs: session.outputMetadata.map(sessionValue),
    };
  } catch (error) {
    throw new Failure('runtime.load', { model: name, detail: runtimeMessage(errorText(error)) }, { cause: error });
  }
}

/** `shared`: several sessions live in this process, and pools that spin would disturb each other. */
function nativeOptions(
  options: SessionOptions,
  shared: boolean,
  externalFolder: string | undefined,
): InferenceSession.SessionOptions {
  return {
    graphOptimizationLevel: options.optimization ?? 'all',
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    ...(options.memoryArena === false ? { enableCpuMemArena: false } : {}),
    logSeverityLevel: 4,
    extra: {
      session: {
        ...(shared ? { intra_op: { allow_spinning: '0' } } : {}),
        ...(options.preciseQuantization ? { x64quantprecision: '1' } : {}),
        ...(externalFolder === undefined ? {} : { model_external_initializers_file_folder_path: externalFolder }),
      },
    },
  };
}

const profilePrefix = 'profile';

function profiling(folder: string, optimizedPath: string | undefined): InferenceSession.SessionOptions {
  return {
    enableProfiling: true,
    profileFilePrefix: join(folder, profilePrefix),
    ...(optimizedPath === undefined ? {} : { optimizedModelFilePath: optimizedPath }),
  };
}

function sessionValue(value: InferenceSession.ValueMetadata): SessionValue {
  if (!value.isTensor) return { name: value.name, elementType: 'other', shape: [] };
  return {
    name: value.name,
    elementType: value.type in elementTypes ? (value.type as ElementType) : 'other',
    shape: value.shape,
  };
}

async function runOnce(
  model: LoadedModel,
  feeds: Record<string, Tensor>,
  fetches: readonly string[],
): Promise<InferenceSession.OnnxValueMapType> {
  try {
    return await model.session.run(feeds, fetches);
  } catch (error) {
    throw runFailure(model, error);
  }
}

async function toTensors(model: LoadedModel, feeds: Feeds): Promise<Record<string, Tensor>> {
  const { Tensor } = await binding();
  try {
    return Object.fromEntries(
      Object.entries(feeds).map(([name, { elementType, shape, data }]) => [
        name,
        new Tensor(elementType as 'float32', data as Float32Array, shape),
      ]),
    );
  } catch (error) {
    throw runFailure(model, error);
  }
}

function fromTensors(results: InferenceSession.OnnxValueMapType): Record<string, TensorArray> {
  return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromTensor(tensor as Tensor)]));
}

function fromTensor(tensor: Tensor): TensorArray {
  return { elementType: tensor.type as ElementType, shape: tensor.dims, data: tensor.data as NumericArray };
}

/** Outputs that are tensors of numbers; sequences, maps and strings have no place in a `TensorArray`. */
function readableOutputs(model: LoadedModel): string[] {
  return model.outputs
    .filter(({ elementType }) => elementType !== 'other' && elementType !== 'string')
    .map(({ name }) => name);
}

function modelOf(session: number): LoadedModel {
  const model = loaded.get(session);
  if (!model) throw new Failure('runtime.died', { detail: 'the session had been released' });
  return model;
}

function runFailure(model: LoadedModel, error: unknown): Failure {
  const inputs = model.inputs.map(({ name, elementType, shape }) => `${name} ${elementType}[${shape.join(',')}]`);
  return new Failure(
    'runtime.run',
    { model: model.name, detail: runtimeMessage(errorText(error)), inputs: inputs.join(', ') },
    { cause: error },
  );
}

async function binding(): Promise<typeof Onnxruntime> {
  try {
    return await onnxruntime;
  } catch (error) {
    const platform = `${process.platform} ${process.arch}`;
    const detail = runtimeMessage(errorText(error).split('\n', 1)[0]!);
    throw new Failure('runtime.unavailable', { platform, detail }, { cause: error });
  }
}

/** `ru_maxrss` survives exec on Linux, where it would tell of the parent; the high-water mark of this image does not. */
function peakResidentBytes(): number {
  if (process.platform === 'linux') {
    const highWater = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    if (highWater) return Number(highWater[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function reply(message: RunnerReply): void {
  if (process.connected) process.send!(message, undefined, undefined, () => {});
}

async function answer({ id, call, argument }: RunnerRequest): Promise<void> {
  const handler = handlers[call] as (argument: unknown) => Promise<unknown>;
  try {
    reply({ id, answer: await handler(argument) });
  } catch (error) {
    reply({ id, failure: failureData(error) });
  }
}

/** One request after the other: the next may be sent while one is worked on, and what a run leaves is there for it. */
let turn = Promise.resolve();
process.on('message', (request: RunnerRequest) => {
  turn = turn.then(() => answer(request));
});

// The parent decides what an interrupt from the terminal means. When it is gone, nothing here is worth an orderly end.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
