import { optionCards } from '../../compress/options.js';
import { methods as allMethods } from '../../compress/registry.js';
import { english, sentence } from '../../messages/catalog.js';
import type { CommandResult } from '../command.js';
import { formatTable } from '../table.js';

/** The methods with their options. */
export async function methods(): Promise<CommandResult> {
  const cards = allMethods.map(({ name, title, options }) => ({
    name,
    title: english(sentence(title)),
    options: optionCards(options),
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
}: {
  name: string;
  title: string;
  options: ReturnType<typeof optionCards>;
}) {
  const rows = options.map((option) => [
    option.name,
    option.values?.join(' | ') ?? option.type,
    option.default === null ? 'auto' : String(option.default),
    option.sentence,
  ]);
  const columns = [{ title: 'option' }, { title: 'values' }, { title: 'default' }, { title: 'meaning' }];
  return `${name}: ${title}\n\n${formatTable(columns, rows)}`;
}
