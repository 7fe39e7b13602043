import type { Model } from '../graph/model.js';
import type { FileIdentity } from '../tensor/tensor.js';
import type { SourceFile } from './sourceFile.js';

/** The files a model was read from ride along in `carried`, so that no output can be written over them. */
const origin = Symbol('origin');

export interface OriginFile {
  readonly path: string;
  readonly identity: FileIdentity;
}

export function recordOrigin(model: Model, files: readonly SourceFile[]): void {
  const entries: OriginFile[] = files.map(({ path, identity }) => ({ path, identity }));
  model.carried = { ...(model.carried as object | undefined), [origin]: entries };
}

export function originOf(model: Model): readonly OriginFile[] {
  return (model.carried as { [origin]?: readonly OriginFile[] } | undefined)?.[origin] ?? [];
}
