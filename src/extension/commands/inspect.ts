import type { MenuArguments } from '../command.js';
import type { Services } from '../services.js';
import { targetModels } from '../targets.js';

/** *Tare: Inspect Model*: opens each model in Tare's editor, whichever viewer owns its files. */
export async function inspect({ editor }: Services, ...of: MenuArguments): Promise<void> {
  for (const model of await targetModels('inspect', ...of)) await editor.show(model);
}
