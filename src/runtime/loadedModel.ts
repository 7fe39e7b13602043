/** A model that onnxruntime has loaded in this process. The only module that loads onnxruntime-node. */
import { basename } from 'node:path';
import type * as Onnxruntime from 'onnxruntime-node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { Failure } from '../messages/failure.js';
import { elementTypes, type ElementType } from '../tensor/elementType.js';
import type { NumericArray, TensorArray } from '../tensor/tensor.js';
import { runtimeMessage } from './runtimeMessage.js';
import type { Feeds, ModelSource, SessionOptions, SessionValue } from './session.js';

// Where Float16Array exists, onnxruntime-node 1.30 refuses float16 inputs and returns values instead of bits.
delete (globalThis as { Float16Array?: unknown }).Float16Array;
const onnxruntime = import('onnxruntime-node');
onnxruntime.catch(() => {}); // Each call that needs it answers with the reason.

export interface LoadedModel {
  readonly session: InferenceSession;
  readonly name: string;
  readonly inputs: readonly SessionValue[];
  readonly outputs: readonly SessionValue[];
}

export async function load(
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
        ...(shared || options.spinning === false ? { intra_op: { allow_spinning: '0' } } : {}),
        ...(options.preciseQuantization ? { x64quantprecision: '1' } : {}),
        ...(externalFolder === undefined ? {} : { model_external_initializers_file_folder_path: externalFolder }),
      },
    },
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

export async function runOnce(
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

export async function toTensors(model: LoadedModel, feeds: Feeds): Promise<Record<string, Tensor>> {
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

export function fromTensors(results: InferenceSession.OnnxValueMapType): Record<string, TensorArray> {
  return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromTensor(tensor as Tensor)]));
}

export function fromTensor(tensor: Tensor): TensorArray {
  return { elementType: tensor.type as ElementType, shape: tensor.dims, data: tensor.data as NumericArray };
}

/** Outputs that are tensors of numbers; sequences, maps and strings have no place in a `TensorArray`. */
export function readableOutputs(model: LoadedModel): string[] {
  return model.outputs
    .filter(({ elementType }) => elementType !== 'other' && elementType !== 'string')
    .map(({ name }) => name);
}

function runFailure(model: LoadedModel, error: unknown): Failure {
  const inputs = model.inputs.map(({ name, elementType, shape }) => `${name} ${elementType}[${shape.join(',')}]`);
  return new Failure(
    'runtime.run',
    { model: model.name, detail: runtimeMessage(errorText(error)), inputs: inputs.join(', ') },
    { cause: error },
  );
}

export async function binding(): Promise<typeof Onnxruntime> {
  try {
    return await onnxruntime;
  } catch (error) {
    const platform = `${process.platform} ${process.arch}`;
    const detail = runtimeMessage(errorText(error).split('\n', 1)[0]!);
    throw new Failure('runtime.unavailable', { platform, detail }, { cause: error });
  }
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
