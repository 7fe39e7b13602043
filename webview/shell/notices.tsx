import type { ComponentChildren, JSX } from 'preact';
import { Button, IconButton, ProgressRing } from '../controls.js';
import type { FailureData } from '../../src/messages/failure.js';
import { failureText, messageText, t } from '../format/text.js';
import { Icon } from '../icon.js';
import { commandFailure, failedJob, reopenedBecause, runCommand, runJobAgain, started } from '../state/session.js';

/**
 * What has happened and stays until it is seen: a failed job, a changed file, weights that cannot be read. What can be
 * acted on comes first, so that nothing that arrives later moves it from under the pointer.
 */
export function Notices(): JSX.Element {
  const job = failedJob.value;
  const failure = commandFailure.value;
  const why = reopenedBecause.value;
  return (
    <div class="notices" aria-live="polite">
      {job &&
        (job.failure.code === 'cancelled' ? (
          <Notice kind="info" onClose={() => (failedJob.value = null)}>
            {t('page.job.cancelled', { job: messageText(job.title) })}
          </Notice>
        ) : (
          <Notice
            kind="error"
            onClose={() => (failedJob.value = null)}
            action={
              <>
                <Button onClick={() => runJobAgain(job.id)}>{t('page.runAgain')}</Button>
                <button class="link" onClick={() => runCommand('copyDiagnostics')}>
                  {t('page.copyDiagnostics')}
                </button>
              </>
            }
          >
            <FailureSentence failure={job.failure} />
          </Notice>
        ))}
      {failure && (
        <Notice kind="error" onClose={() => (commandFailure.value = null)}>
          <FailureSentence failure={failure} />
        </Notice>
      )}
      {why && !job && (
        <Notice kind="info" onClose={() => (reopenedBecause.value = null)}>
          {messageText(why)}
        </Notice>
      )}
      {(started.value?.opened.warnings ?? []).map((warning, i) => (
        <Notice key={`warning${i}`} kind="warning">
          {messageText(warning)}
        </Notice>
      ))}
    </div>
  );
}

function Notice(props: {
  readonly kind: 'info' | 'warning' | 'error';
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
  onClose?(): void;
}): JSX.Element {
  return (
    <div class={`notice ${props.kind}`}>
      <Icon name={props.kind} />
      <div class="notice-text">{props.children}</div>
      {props.action && <div class="notice-actions">{props.action}</div>}
      {props.onClose && <IconButton icon="close" label={t('page.dismiss')} onClick={props.onClose} />}
    </div>
  );
}

export function FailureSentence({ failure }: { readonly failure: FailureData }): JSX.Element {
  const { message, mend } = failureText(failure);
  return (
    <>
      {message} <span class="mend">{mend}</span>
    </>
  );
}

/** A part of the page that has nothing to show: one sentence, one action. */
export function Empty(props: {
  readonly children: ComponentChildren;
  readonly action?: { readonly text: string; run(): void };
  readonly second?: { readonly text: string; run(): void };
}): JSX.Element {
  return (
    <div class="empty">
      <p>{props.children}</p>
      {props.action && (
        <p class="empty-actions">
          <Button kind="primary" onClick={props.action.run}>
            {props.action.text}
          </Button>
          {props.second && (
            <button class="link" onClick={props.second.run}>
              {props.second.text}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** Stands where something still loads; it shows only after a moment, so that fast answers do not flash. */
export function Loading({ label }: { readonly label: string }): JSX.Element {
  return (
    <div class="loading" role="status">
      <ProgressRing label={label} />
      <span>{label}</span>
    </div>
  );
}
