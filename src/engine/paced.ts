import type { Progress } from '../recipe/report.js';

/** Milliseconds between two reports of one stage: more nobody can read. */
const pace = 50;

/** Passes progress on, each new stage at once and within a stage no faster than can be read. The end is passed on always. */
export function paced(report: (progress: Progress) => void): (progress: Progress) => void {
  let stage: string | undefined;
  let last = -Infinity;
  return (progress) => {
    const now = performance.now();
    if (progress.stage.id === stage && now - last < pace && progress.fraction !== 1) return;
    stage = progress.stage.id;
    last = now;
    report(progress);
  };
}
