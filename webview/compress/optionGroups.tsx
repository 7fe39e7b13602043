import type { JSX } from 'preact';
import type { OptionCard } from '../../src/protocol/engineService.js';
import { sentences } from '../../src/messages/catalog.js';
import type { SentenceId } from '../../src/messages/catalog.js';
import { t } from '../format/text.js';
import { valueOf } from '../state/form.js';
import { OptionRow, optionLabel } from './optionRow.js';

/** The options under the titles of their groups. Those that the others' values make idle are left out. */
export function OptionGroups(props: { readonly options: readonly OptionCard[]; readonly search: string }): JSX.Element {
  const byName = new Map(props.options.map((card) => [card.name, card]));
  const words = props.search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = props.options.filter((card) => isUsed(card, byName) && matches(card, words));
  const groups = new Map<string, OptionCard[]>();
  for (const card of shown) {
    const group = card.group ?? '';
    groups.set(group, [...(groups.get(group) ?? []), card]);
  }
  if (shown.length === 0) return <p class="quiet form-empty">{t('page.form.noOption')}</p>;
  return (
    <>
      {[...groups].map(([group, cards]) => (
        <section key={group} class="form-group">
          <h2>{groupTitle(group)}</h2>
          {cards.map((card) => (
            <OptionRow key={card.name} card={card} />
          ))}
        </section>
      ))}
    </>
  );
}

/** Does the option matter where the others have the values that they have? */
function isUsed(card: OptionCard, byName: ReadonlyMap<string, OptionCard>): boolean {
  return Object.entries(card.when ?? {}).every(([name, values]) => {
    const other = byName.get(name);
    return other === undefined || (values.includes(String(valueOf(other))) && isUsed(other, byName));
  });
}

function matches({ name, sentence }: OptionCard, words: readonly string[]): boolean {
  const text = `${name} ${optionLabel(name)} ${sentence}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function groupTitle(group: string): string {
  const id = `page.form.group.${group}`;
  return Object.hasOwn(sentences, id) ? t(id as SentenceId) : group;
}
