/** A range that a person set by hand, taken over into the form of a compression. */
import type { Json } from '../../src/compress/method.js';
import { changePageState, pageState } from '../state/pageState.js';
import { detailRow } from '../state/weightDetail.js';
import { isActivation, range, shownName } from './clippingState.js';

type Overrides = Record<string, Json>;

/** Adds the range in sight to the form's overrides, in place of one that is there, and shows the form. */
export function useRangeInForm(): void {
  const ends = range.peek();
  const name = shownName.peek();
  const layer = detailRow.peek()?.card.name;
  if (ends === null || name === null || layer === undefined) return;
  const { form } = pageState.peek();
  const overrides = parsed(form.options.overrides);
  const key = isActivation.peek() ? `tensor:${name}` : layer;
  const field = isActivation.peek() ? 'range' : 'weightRange';
  const added = { ...overrides, [key]: { ...fieldsOf(overrides[key]), [field]: [...ends] } };
  changePageState({
    page: 'compress',
    form: { ...form, options: { ...form.options, overrides: JSON.stringify(added) } },
  });
}

/** What a person typed there that is no object gives way. */
function parsed(text: Json | undefined): Overrides {
  try {
    return fieldsOf(JSON.parse(typeof text === 'string' ? text : '') as Json);
  } catch {
    return {};
  }
}

function fieldsOf(json: Json | undefined): Overrides {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...(json as Overrides) } : {};
}
