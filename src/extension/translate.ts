/** The one way from the catalogue to a text in the person's language. */
import * as l10n from '@vscode/l10n';
import type { SentenceId } from '../messages/catalog.js';
import { failures, sentences } from '../messages/catalog.js';
import type { FailureData } from '../messages/failure.js';
import type { Message, MessageParams } from '../messages/message.js';

export type Translations = Readonly<Record<string, string>>;

let current: Translations = {};

/** Sets the language: English text to its translation. What is missing stays English. */
export function useTranslations(translations: Translations): void {
  current = translations;
  l10n.config({ contents: { ...translations } });
}

/** The translations in force, for the pages. */
export function translations(): Translations {
  return current;
}

/** A sentence of the catalogue, filled, in the person's language. */
export function t(id: SentenceId, params: MessageParams = {}): string {
  return l10n.t(sentences[id], params);
}

/** A text of the catalogue that came in English, without places to fill. */
export const translated = (english: string): string => current[english] ?? english;

/** The same for a sentence that came from the engine. An id this version does not know shows as it is. */
export function translate(message: Message): string {
  const template = (sentences as Record<string, string>)[message.id];
  return template === undefined ? message.id : l10n.t(template, message.params);
}

/** What is wrong and what to do about it, in the person's language. */
export function translateFailure(failure: FailureData): { readonly message: string; readonly mend: string } {
  const text = (failures as Record<string, { message: string; mend: string }>)[failure.code];
  if (!text) return { message: failure.message, mend: failure.mend };
  return { message: l10n.t(text.message, failure.params), mend: l10n.t(text.mend, failure.params) };
}
