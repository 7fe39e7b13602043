import { optionCards } from '../../compress/options.js';
import type { PresetCard } from '../../compress/presets.js';
import { presetCards } from '../../compress/presets.js';
import { methods as allMethods } from '../../compress/registry.js';
import { english, sentence } from '../../messages/catalog.js';
import type { CommandResult } from '../command.js';
import { wrapped } from '../wrapped.js';

/** The methods with their options. */
export async function methods(): Promise<CommandResult> {
  const cards = allMethods.map(({ name, title, options }) => ({
    name,
    title: english(sentence(title)),
    options: optionCards(options),
    presets: presetCards(name),
  }));
  return {
    json: () => cards,
    text: () => cards.map(methodText).join('\n\n'),
  };
}

function methodText({
  name,
  title,
  options,
  presets,
}: {
  name: string;
  title: string;
  options: ReturnType<typeof optionCards>;
  presets: readonly PresetCard[];
}) {
  const lines = options.flatMap((option) => {
    const values = option.values?.join(' | ') ?? option.type;
    const standard = option.default === null ? 'auto' : String(option.default);
    const heading = `${option.name}: ${values}${standard && ` (${standard})`}`;
    return [...wrapped(heading, '  '), ...wrapped(option.sentence, '      ')];
  });
  const recipes = presets.flatMap((preset) => {
    const settings = Object.entries(preset.options).map(([key, value]) => `${key}=${String(value)}`);
    return [`  ${preset.name}`, ...wrapped(settings.join(' '), '      '), ...wrapped(preset.sentence, '      ')];
  });
  return [
    `${name}: ${title}`,
    '',
    'Options of --set key=value, with their defaults:',
    ...lines,
    ...(recipes.length > 0 ? ['', 'Presets of --preset NAME; what is --set beside one wins:', ...recipes] : []),
  ].join('\n');
}
