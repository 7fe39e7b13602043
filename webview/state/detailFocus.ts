import { signal } from '@preact/signals';
import type { Selection } from './pageState.js';
import { changePageState } from './pageState.js';

/** Whether the keyboard is to go to the detail once it stands. */
export const detailWantsFocus = signal(false);

/** Opens the detail of a layer, the selected one where none is named, and takes the keyboard there. */
export function openDetail(selection?: Selection): void {
  detailWantsFocus.value = true;
  changePageState(selection ? { selection, detailOpen: true } : { detailOpen: true });
}
