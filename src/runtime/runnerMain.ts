/**
 * A runner: a process that holds onnxruntime sessions and nothing else, so that killing it is a safe way to cancel
 * (ending a worker thread inside `create()` or `run()` aborts the whole process).
 */
import { createReadStream, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { Failure, failureData } from '../messages/failure.js';
import type { StatisticsKernel } from '../tensor/measure.js';
import type { TensorArray } from '../tensor/tensor.js';
import { fastKernel } from './fastKernel.js';
import { collectGarbage, noteGarbage } from './garbage.js';
import { HeldValues } from './heldValues.js';
import { iterate } from './iterate.js';
import type { LoadedModel } from './loadedModel.js';
import { binding, fromTensor, fromTensors, load, readableOutputs, runOnce, toTensors } from './loadedModel.js';
import { Observer } from './observer.js';
import { OutputSums } from './outputSums.js';
import { ProfileReader } from './profileEvents.js';
import type { RunnableModel, RunnerCall, RunnerCalls, RunnerReply, RunnerRequest } from './runnerMessages.js';
import type { LatencySamples } from './session.js';

/** A model of this runner, and what is measured of its runs. */
interface RunnerModel extends LoadedModel {
  observer?: Observer;
  sums?: OutputSums;
}

let kernel: StatisticsKernel | undefined;
const loaded = new Map<number, RunnerModel>();
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

const profilePrefix = 'profile';

function profiling(folder: string, optimizedPath: string | undefined): InferenceSession.SessionOptions {
  return {
    enableProfiling: true,
    profileFilePrefix: join(folder, profilePrefix),
    ...(optimizedPath === undefined ? {} : { optimizedModelFilePath: optimizedPath }),
  };
}

function modelOf(session: number): RunnerModel {
  const model = loaded.get(session);
  if (!model) throw new Failure('runtime.died', { detail: 'the session had been released' });
  return model;
}

/** `ru_maxrss` survives exec on Linux, where it would tell of the parent; the high-water mark of this image does not. */
function peakResidentBytes(): number {
  if (process.platform === 'linux') {
    const highWater = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    if (highWater) return Number(highWater[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
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
