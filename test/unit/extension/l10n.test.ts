import { describe, expect, it } from 'vitest';
import { useTranslations, t, translate, translateFailure } from '../../../src/extension/translate.js';
import { failures, sentences } from '../../../src/messages/catalog.js';
import { Failure, failureData } from '../../../src/messages/failure.js';

const english = [
  ...Object.values(sentences),
  ...Object.values(failures).flatMap(({ message, mend }) => [message, mend]),
].sort();

describe('translation', () => {
  /** Translators begin from this file. `npm run l10n` writes it anew. */
  it('has a bundle of all texts of the catalogue', async () => {
    const bundle = Object.fromEntries(english.map((text) => [text, text]));
    await expect(`${JSON.stringify(bundle, null, 2)}\n`).toMatchFileSnapshot('../../../l10n/bundle.l10n.json');
  });

  it('shows the English text, filled, where there is no translation', () => {
    useTranslations({});
    expect(t('extension.job.compress', { model: 'a.onnx' })).toBe('Compressing a.onnx');
    expect(translate({ id: 'from.a.newer.engine', params: {} })).toBe('from.a.newer.engine');
  });

  it('shows the translation, filled, where there is one', () => {
    useTranslations({
      [sentences['extension.job.compress']]: '{model} wird komprimiert',
      [failures['engine.died'].message]: 'Die Tare-Engine ist ausgefallen ({detail}).',
    });
    expect(t('extension.job.compress', { model: 'a.onnx' })).toBe('a.onnx wird komprimiert');
    const { message, mend } = translateFailure(failureData(new Failure('engine.died', { detail: 'SIGKILL' })));
    expect(message).toBe('Die Tare-Engine ist ausgefallen (SIGKILL).');
    expect(mend).toBe(failures['engine.died'].mend);
    useTranslations({});
  });

  it('shows an unknown failure as it came', () => {
    const unknown = { code: 'from.a.newer.engine', params: {}, message: 'New.', mend: 'Update.' };
    expect(translateFailure(unknown)).toEqual({ message: 'New.', mend: 'Update.' });
  });
});
