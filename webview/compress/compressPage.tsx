import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { MethodCard } from '../../src/protocol/engineService.js';
import { Dropdown, SearchField } from '../controls.js';
import { t } from '../format/text.js';
import { Empty, FailureSentence, Loading } from '../shell/notices.js';
import { chosenMethod, loadMethods, methods, methodsFailure, setMethod, setOptions } from '../state/form.js';
import { pageState } from '../state/pageState.js';
import { OptionGroups } from './optionGroups.js';
import { PresetChoice } from './presetChoice.js';
import { PreviewPane } from './previewPane.js';

/** The form of a method, made from its option schema, and beside it what it would do. */
export function CompressPage(): JSX.Element {
  if (methodsFailure.value) {
    return (
      <Empty action={{ text: t('page.tryAgain'), run: () => void loadMethods() }}>
        <FailureSentence failure={methodsFailure.value} />
      </Empty>
    );
  }
  const method = chosenMethod();
  if (!method) return <Loading label={t('page.form.loading')} />;
  return (
    <div class="compress">
      <Form method={method} />
      <PreviewPane method={method} />
    </div>
  );
}

function Form({ method }: { readonly method: MethodCard }): JSX.Element {
  const [search, setSearch] = useState('');
  const all = methods.value ?? [];
  return (
    <div class="compress-form">
      <div class="form-bar">
        {all.length > 1 && (
          <Dropdown
            label={t('page.form.method')}
            value={method.name}
            options={all.map(({ name, title }) => ({ value: name, text: title }))}
            onChange={setMethod}
          />
        )}
        <PresetChoice method={method} />
        <SearchField label={t('page.form.search')} value={search} onInput={setSearch} onLeave={() => setSearch('')} />
        {Object.keys(pageState.value.form.options).length > 0 && (
          <button class="link" onClick={() => setOptions({})}>
            {t('page.form.reset')}
          </button>
        )}
      </div>
      <OptionGroups options={method.options} search={search} />
    </div>
  );
}
