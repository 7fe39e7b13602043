/** The form of a compression: what a person set, and what that would do. */
import { effect, signal } from '@preact/signals';
import type { Json } from '../../src/compress/method.js';
import type { FailureData } from '../../src/messages/failure.js';
import type { MethodCard, OptionCard } from '../../src/protocol/engineService.js';
import type { CompressionPreview } from '../../src/protocol/formCalls.js';
import { failureOf } from './failureOf.js';
import type { FormChoice } from './pageState.js';
import { changePageState, pageState } from './pageState.js';
import { client, generation, started } from './session.js';

export const methods = signal<readonly MethodCard[] | null>(null);
export const methodsFailure = signal<FailureData | null>(null);

/** What the form as it stands would do; an older one stays while the next is made. */
export const preview = signal<CompressionPreview | null>(null);
/** Why the form as it stands would do nothing. */
export const previewFailure = signal<FailureData | null>(null);
export const isPreviewing = signal(false);

export type OptionValues = FormChoice['options'];

/** The method that the form is for: the one that was chosen, else the first. */
export function chosenMethod(): MethodCard | undefined {
  const { method } = pageState.value.form;
  return methods.value?.find((card) => card.name === method) ?? methods.value?.[0];
}

/** The value of an option: what was set, else its default. */
export function valueOf(card: OptionCard): Json {
  const { options } = pageState.value.form;
  return Object.hasOwn(options, card.name) ? options[card.name]! : card.default;
}

export const isChanged = (card: OptionCard): boolean => valueOf(card) !== card.default;

/** Sets an option; its default is not kept as set. */
export function setOption(card: OptionCard, value: Json): void {
  const { form } = pageState.peek();
  const { [card.name]: _, ...others } = form.options;
  changePageState({
    form: { ...form, options: value === card.default ? others : { ...others, [card.name]: value } },
  });
}

/** Sets all options anew: those that are not given have their defaults. */
export function setOptions(options: OptionValues): void {
  const { form } = pageState.peek();
  changePageState({ form: { ...form, options } });
}

export function setMethod(method: string): void {
  changePageState({ form: { method, options: {} } });
}

export async function loadMethods(): Promise<void> {
  methodsFailure.value = null;
  try {
    methods.value = await client.call('methods', undefined);
  } catch (error) {
    methodsFailure.value = failureOf(error);
  }
}

/** Asks what the form would do, whenever it changes while it is seen; the answer to an older question is not waited for. */
export function followForm(): void {
  let asking = new AbortController();
  let asked: FormChoice | undefined;
  let reading = -1;
  effect(() => {
    const { page, form } = pageState.value;
    const now = generation.value;
    if (page !== 'compress' || started.value === null) return;
    if (methods.value === null) {
      if (methodsFailure.peek() === null) void loadMethods();
      return;
    }
    if (asked === form && reading === now) return;
    if (reading !== now) preview.value = null;
    [asked, reading] = [form, now];
    asking.abort();
    asking = new AbortController();
    void ask(chosenMethod()!.name, form.options, asking.signal);
  });
}

async function ask(method: string, options: OptionValues, asking: AbortSignal): Promise<void> {
  isPreviewing.value = true;
  try {
    const found = await client.call('previewCompression', { method, options }, { signal: asking });
    if (asking.aborted) return;
    preview.value = found;
    previewFailure.value = null;
  } catch (error) {
    if (asking.aborted) return;
    previewFailure.value = failureOf(error);
  }
  isPreviewing.value = false;
}
