import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { Failure } from '../../messages/failure.js';

/**
 * Where files that a manifest names lie: in its folder or below. What leads out of it is refused, links included: a manifest
 * comes with a folder, perhaps from somebody else, and must not make anything else of the machine be read.
 */
export class ManifestFolder {
  readonly folder: string;

  constructor(readonly manifest: string) {
    this.folder = dirname(resolve(manifest));
  }

  /** The path of a file or folder. Fails where it lies outside, or nowhere. */
  find(named: string): string {
    const path = resolve(this.folder, named);
    const outside = new Failure('data.manifest-outside', { file: this.manifest, path: named });
    if (isAbsolute(named) || leaves(this.folder, path)) throw outside;
    let real;
    try {
      real = realpathSync(path);
    } catch {
      throw new Failure('data.manifest-missing', { file: this.manifest, path: named });
    }
    if (leaves(realpathSync(this.folder), real)) throw outside;
    return path;
  }
}

function leaves(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way.startsWith('..') || isAbsolute(way);
}
