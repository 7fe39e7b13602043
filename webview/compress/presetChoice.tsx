import type { JSX } from 'preact';
import type { MethodCard } from '../../src/protocol/engineService.js';
import { Dropdown } from '../controls.js';
import { t, translatedText } from '../format/text.js';
import type { OptionValues } from '../state/form.js';
import { setOptions } from '../state/form.js';
import { pageState } from '../state/pageState.js';

/** The recipes that have a name; what a person set by hand is none of them. */
export function PresetChoice({ method }: { readonly method: MethodCard }): JSX.Element | null {
  const { options } = pageState.value.form;
  const presets = method.presets ?? [];
  if (presets.length === 0) return null;
  const chosen = presets.find((preset) => isSame(preset.options, options));
  const none = Object.keys(options).length === 0 ? 'page.form.defaults' : 'page.form.ownSettings';
  return (
    <Dropdown
      label={t('page.form.preset')}
      class="preset-choice"
      value={chosen?.name ?? ''}
      options={[
        { value: '', text: t(none) },
        ...presets.map(({ name, title }) => ({ value: name, text: translatedText(title) })),
      ]}
      onChange={(name) => setOptions(presets.find((preset) => preset.name === name)?.options ?? {})}
    />
  );
}

function isSame(a: OptionValues, b: OptionValues): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
