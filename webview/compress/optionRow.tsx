import type { JSX } from 'preact';
import type { Json } from '../../src/compress/method.js';
import type { OptionCard } from '../../src/protocol/engineService.js';
import { Checkbox, Dropdown, IconButton, TextField } from '../controls.js';
import { t, translatedText } from '../format/text.js';
import { isChanged, setOption, valueOf } from '../state/form.js';

/** One option: its name, its control, and what it does; marked where it is not as it was. */
export function OptionRow({ card }: { readonly card: OptionCard }): JSX.Element {
  const changed = isChanged(card);
  const label = optionLabel(card.name);
  return (
    <div class={`option${changed ? ' changed' : ''}`} data-option={card.name}>
      <div class="option-line">
        {card.type !== 'boolean' || card.default === null ? <span class="option-name">{label}</span> : null}
        <Control card={card} label={label} />
        {changed && (
          <IconButton
            icon="discard"
            label={t('page.form.resetOption', { option: label })}
            onClick={() => setOption(card, card.default)}
          />
        )}
      </div>
      <p class="option-sentence" title={card.source}>
        {translatedText(card.sentence)}
      </p>
    </div>
  );
}

function Control({ card, label }: { readonly card: OptionCard; readonly label: string }): JSX.Element {
  const value = valueOf(card);
  const set = (next: Json): void => setOption(card, next);
  if (card.type === 'boolean' && card.default !== null) {
    return (
      <Checkbox checked={value === true} onChange={set}>
        {label}
      </Checkbox>
    );
  }
  if (card.type === 'boolean' || card.type === 'choice') {
    const values = card.type === 'boolean' ? ['true', 'false'] : (card.values ?? []);
    const texts = card.default === null ? ['auto', ...values] : values;
    return (
      <Dropdown
        label={label}
        value={value === null ? 'auto' : String(value)}
        options={texts.map((text) => ({ value: text, text: valueText(card, text) }))}
        onChange={(text) => set(typed(card, text))}
      />
    );
  }
  return (
    <TextField
      label={label}
      value={value === null ? '' : String(value)}
      placeholder={card.default === null ? t('page.form.auto') : ''}
      kind={card.type === 'text' ? 'text' : 'number'}
      onChange={(text) => set(typed(card, text.trim()))}
    />
  );
}

function valueText(card: OptionCard, text: string): string {
  if (text === 'auto' && card.default === null) return t('page.form.auto');
  if (card.type === 'boolean') return t(text === 'true' ? 'page.form.on' : 'page.form.off');
  return text;
}

/** What a person typed, as the option's type; what is none is handed on as it is, to be refused with a reason. */
function typed(card: OptionCard, text: string): Json {
  if (card.default === null && (text === 'auto' || text === '')) return null;
  switch (card.type) {
    case 'boolean':
      return text === 'true';
    case 'integer':
    case 'number':
      return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
    default:
      return text;
  }
}

/** An option's name in words: `weightType` is `Weight type`. */
export function optionLabel(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
