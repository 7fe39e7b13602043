import type { ScaleLayout } from '../scaleLayout.js';

/** The elements of each scale in a row: those of scale s are `elements` from `starts[s]` to `starts[s + 1]`. */
export interface GroupedElements {
  readonly elements: Float32Array;
  readonly starts: Uint32Array;
}

/** Brings together what shares a scale, in the order of the scales; nothing is copied where it lies so already. */
export function groupElements(data: Float32Array, layout: ScaleLayout): GroupedElements {
  const starts = new Uint32Array(layout.scaleCount + 1);
  let inOrder = true;
  let last = 0;
  layout.forEachRun((start, end, scale, step) => {
    inOrder &&= step === 0 && scale >= last;
    last = scale;
    if (step === 0) starts[scale + 1]! += end - start;
    else for (let s = scale + 1; s <= scale + end - start; s++) starts[s]!++;
  });
  for (let s = 0; s < layout.scaleCount; s++) starts[s + 1]! += starts[s]!;
  if (inOrder) return { elements: data, starts };
  const elements = new Float32Array(data.length);
  const next = starts.slice();
  layout.forEachRun((start, end, scale, step) => {
    for (let at = start, s = scale; at < end; at++, s += step) elements[next[s]!++] = data[at]!;
  });
  return { elements, starts };
}
