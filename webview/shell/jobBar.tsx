import type { JSX } from 'preact';
import { IconButton } from '../controls.js';
import { timeLeft } from '../format/figures.js';
import { messageText, t } from '../format/text.js';
import { statisticsFraction } from '../state/layerRows.js';
import { cancelJob, jobs } from '../state/session.js';
import { secondsLeft } from '../state/timeLeft.js';
import { formatPercent } from '../../src/messages/units.js';

/** The job's stage, fraction and time left, at the end of the tabs' row: nothing moves when it comes or goes. */
export function JobStatus(): JSX.Element | null {
  const job = jobs.value[0];
  if (!job) return null;
  const { stage, fraction } = job.progress;
  const left = secondsLeft(job, fraction, performance.now());
  return (
    <div class="job-status">
      <span class="job-stage" title={messageText(job.title)}>
        {messageText(stage)}
      </span>
      {fraction !== null && <span class="job-fraction">{formatPercent(fraction, 0)}</span>}
      {left !== null && (
        <span class="job-left estimated" title={t('page.job.left.estimated')}>
          {t('page.job.left', { time: timeLeft(left) })}
        </span>
      )}
      <IconButton icon="close" label={t('page.cancel')} onClick={() => cancelJob(job.id)} />
    </div>
  );
}

/** The line under the tabs: how far the job is, or else how far the weights are measured. */
export function JobLine(): JSX.Element {
  const job = jobs.value[0];
  if (!job) {
    const measured = statisticsFraction.value;
    return (
      <div class="job-line" aria-hidden="true">
        {measured > 0 && measured < 1 && <div class="job-done quiet" style={{ transform: `scaleX(${measured})` }} />}
      </div>
    );
  }
  const { stage, fraction } = job.progress;
  return (
    <div
      class="job-line"
      role="progressbar"
      aria-label={messageText(job.title)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={fraction === null ? undefined : Math.round(fraction * 100)}
      aria-valuetext={messageText(stage)}
    >
      {fraction === null ? (
        <div class="job-done unknown" />
      ) : (
        <div class="job-done" style={{ transform: `scaleX(${fraction})` }} />
      )}
    </div>
  );
}
