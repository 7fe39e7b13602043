import type * as vscode from 'vscode';

const key = 'tare.originals';
const kept = 200;

/** Which model each was last compared with: kept for the workspace, so that a Compare page comes back as it was. */
export class Originals {
  constructor(private readonly memory: vscode.Memento) {}

  /** The path of the model that this one is held against; null where none was chosen. */
  of(model: vscode.Uri): string | null {
    return this.#all().find(([uri]) => uri === model.toString())?.[1] ?? null;
  }

  set(model: vscode.Uri, original: string): void {
    const uri = model.toString();
    const others = this.#all().filter(([other]) => other !== uri);
    void this.memory.update(key, [[uri, original], ...others].slice(0, kept));
  }

  #all(): readonly (readonly [uri: string, original: string])[] {
    return this.memory.get(key, []);
  }
}
