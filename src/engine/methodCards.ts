import { optionCards } from '../compress/options.js';
import { presetCards } from '../compress/presets.js';
import { methods } from '../compress/registry.js';
import { english, sentence } from '../messages/catalog.js';
import type { MethodCard } from '../protocol/engineService.js';

/** The methods of compression, their options, defaults and meaning. */
export function methodCards(): MethodCard[] {
  return methods.map(({ name, title, options }) => ({
    name,
    title: english(sentence(title)),
    options: optionCards(options),
    presets: presetCards(name),
  }));
}
