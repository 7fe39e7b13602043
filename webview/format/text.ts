/** The one way from the catalogue to what a person reads. */
import type { SentenceId } from '../../src/messages/catalog.js';
import { failures, sentences } from '../../src/messages/catalog.js';
import type { FailureData } from '../../src/messages/failure.js';
import type { Message, MessageParams } from '../../src/messages/message.js';
import { fill } from '../../src/messages/message.js';

let translations: Readonly<Record<string, string>> = {};

/** Takes the translations of the catalogue's English texts, by the English text. */
export function useTranslations(table: Readonly<Record<string, string>>): void {
  translations = table;
}

/** The translation of a text of the catalogue that came in English. */
export const translatedText = (english: string): string => translated(english);

const translated = (english: string): string => translations[english] ?? english;

/** A text of the catalogue. */
export function t(id: SentenceId, params: MessageParams = {}): string {
  return fill(translated(sentences[id]), params);
}

/** A sentence that came from elsewhere; an id that the catalogue does not know shows as it is. */
export function messageText({ id, params }: Message): string {
  const english = (sentences as Readonly<Record<string, string>>)[id];
  return english === undefined ? id : fill(translated(english), params);
}

/** What went wrong, and what to do about it. */
export function failureText(failure: FailureData): { readonly message: string; readonly mend: string } {
  const english = (failures as Readonly<Record<string, { message: string; mend: string }>>)[failure.code];
  if (english === undefined) return { message: failure.message, mend: failure.mend };
  return {
    message: fill(translated(english.message), failure.params),
    mend: fill(translated(english.mend), failure.params),
  };
}
