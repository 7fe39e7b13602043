import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { copyModel } from '../graph/copy.js';
import type { Model } from '../graph/model.js';
import type { Node } from '../graph/node.js';
import type { Scope } from '../graph/scope.js';
import { nodesOf } from '../graph/scope.js';
import { Failure } from '../messages/failure.js';
import { modelEncoding } from '../onnx/encodeModel.js';
import { openModel } from '../onnx/openModel.js';
import { writeModel } from '../onnx/writeModel.js';
import type { Attribution } from './attributeKernels.js';
import { attributeKernels } from './attributeKernels.js';
import { labelNodes, withoutLabels } from './labels.js';
import { makeModelFolder } from './modelFolder.js';
import type { ProfiledRuns } from './profileEvents.js';
import type { Feeds, Runtime } from './session.js';

export interface ProfileOptions {
  /** Threads inside an operator; 1 where not given, as for latency. */
  readonly threads?: number;
  /** About how long to run. */
  readonly seconds?: number;
  /** Tells the chief node of a fused kernel, which gets its time. */
  readonly weightOf: (node: Node) => number;
  /** Is the node computed from constants alone? */
  readonly isFolded: (node: Node, scope: Scope) => boolean;
  readonly signal?: AbortSignal;
  /** What failures call the model; else the name of its graph. */
  readonly name?: string;
}

/** Times of one run in milliseconds: medians over the runs, of each kernel on its own. */
export interface ModelProfile extends Attribution {
  readonly runs: number;
  readonly threads: number;
  /** All kernels together: those of the nodes and those elsewhere. */
  readonly kernelsMs: number;
  /** The run as a whole, with the profiler's own work. */
  readonly runMs: number;
}

/** Events that the profiler keeps in memory and writes in a few seconds (onnxruntime stops at a million). */
const mostEvents = 200_000;
const fewestRuns = 5;
const mostRuns = 500;

/** Of larger models the optimized graph, which onnxruntime writes with all its weights, is not asked for. */
const largestOptimized = 512 << 20;

/**
 * How long each node takes, by onnxruntime's profiler with all its optimizations on. The model is loaded from a copy whose
 * nodes have labels in their names; aborting rejects with `cancelled`.
 */
export async function profileModel(
  runtime: Runtime,
  model: Model,
  feeds: Feeds,
  options: ProfileOptions,
): Promise<ModelProfile> {
  const { threads = 1, seconds = 2, weightOf, isFolded, signal, name = model.graph.name || 'the model' } = options;
  const folder = await makeModelFolder();
  try {
    const labelled = copyModel(model);
    labelNodes(labelled);
    const path = join(folder.path, `${safeName(name)}.onnx`);
    const small = modelEncoding(labelled, 'inline').byteLength <= largestOptimized;
    await writeModel(labelled, path, { signal });
    const profileFolder = join(folder.path, 'profile');
    await mkdir(profileFolder);
    const optimizedPath = small ? join(folder.path, 'optimized.onnx') : undefined;
    const nodes = [...nodesOf(model)].length;
    const result = await runtime.profile(
      {
        model: { source: { kind: 'file', path }, options: { threads }, feeds },
        folder: profileFolder,
        optimizedPath,
        seconds,
        fewestRuns,
        mostRuns: Math.max(fewestRuns, Math.min(mostRuns, Math.floor(mostEvents / nodes))),
      },
      signal,
    );
    return await attributed(model, result, optimizedPath, { threads, weightOf, isFolded });
  } catch (error) {
    if (signal?.aborted) throw new Failure('cancelled', {}, { cause: error });
    throw withoutLabelsIn(error);
  } finally {
    await folder.remove();
  }
}

async function attributed(
  model: Model,
  { kernels, runMs, runs }: ProfiledRuns,
  optimizedPath: string | undefined,
  { threads, weightOf, isFolded }: Pick<ProfileOptions, 'weightOf' | 'isFolded'> & { threads: number },
): Promise<ModelProfile> {
  const optimized = optimizedPath === undefined ? null : await openModel(optimizedPath);
  try {
    const attribution = attributeKernels(model, kernels, optimized && optimized.model, weightOf, isFolded);
    const kernelsMs = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    return { ...attribution, runs, threads, kernelsMs, runMs };
  } finally {
    await optimized?.close();
  }
}

/** The name of a file, which onnxruntime's messages repeat, without what folders and systems object to. */
function safeName(name: string): string {
  return (
    name
      .replace(/\.onnx$/i, '')
      .replace(/[^\p{L}\p{N}_.-]+/gu, '_')
      .slice(0, 80) || 'model'
  );
}

/** onnxruntime's messages name nodes. */
function withoutLabelsIn(error: unknown): unknown {
  if (!(error instanceof Failure) || !['runtime.run', 'runtime.load'].includes(error.code)) return error;
  const params = Object.fromEntries(
    Object.entries(error.params).map(([key, value]) => [key, typeof value === 'string' ? withoutLabels(value) : value]),
  );
  return new Failure(error.code, params, { cause: error });
}
