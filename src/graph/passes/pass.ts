import type { Model } from '../model.js';

/** One rewriting of a model. */
export interface Pass {
  readonly name: string;
  /** Throws a Failure where the model is not fit for the pass. Checked before anything is changed. */
  requires?(model: Model): void;
  /** Edits the model in place; true where it changed anything. */
  apply(model: Model): boolean | Promise<boolean>;
  /** What holds of the model afterwards. */
  ensures?(model: Model): boolean;
}

/** Runs passes one after another; true where any changed the model. A broken postcondition is a defect and throws. */
export async function runPasses(model: Model, ...passes: readonly Pass[]): Promise<boolean> {
  let changed = false;
  for (const pass of passes) {
    pass.requires?.(model);
    if (await pass.apply(model)) changed = true;
    if (pass.ensures && !pass.ensures(model)) throw new Error(`the pass ${pass.name} left its work undone`);
  }
  return changed;
}
