import type { JSX } from 'preact';
import type { CompressionPreview, PreviewedReason } from '../../src/protocol/formCalls.js';
import type { MethodCard } from '../../src/protocol/engineService.js';
import { Button, ProgressRing } from '../controls.js';
import { Value } from '../figure.js';
import { bytes, ratio, whole } from '../format/figures.js';
import { messageText, t } from '../format/text.js';
import { LayerName } from '../layerName.js';
import { show } from '../overview/overviewPage.js';
import { Section } from '../overview/section.js';
import { FailureSentence, Loading } from '../shell/notices.js';
import { isPreviewing, preview, previewFailure } from '../state/form.js';
import { pageState } from '../state/pageState.js';
import { compressWith, copyText } from '../state/session.js';

/** What the form would do, before it is done. */
export function PreviewPane({ method }: { readonly method: MethodCard }): JSX.Element {
  const found = preview.value;
  const failure = previewFailure.value;
  const { options } = pageState.value.form;
  return (
    <aside class="compress-preview" aria-label={t('page.form.preview')} aria-busy={isPreviewing.value}>
      <div class="preview-effect">
        <Section
          title={t('page.form.preview')}
          action={isPreviewing.value && found ? <ProgressRing label={t('page.form.previewing')} /> : undefined}
        >
          {failure ? (
            <p class="preview-failure" role="alert">
              <FailureSentence failure={failure} />
            </p>
          ) : found ? (
            <Effect preview={found} />
          ) : (
            <Loading label={t('page.form.previewing')} />
          )}
        </Section>
        <div class="preview-action">
          <Button
            kind="primary"
            disabled={failure !== null || found === null}
            onClick={() => compressWith({ method: method.name, options })}
          >
            {t('page.compress')}
          </Button>
          {found && !failure && (
            <span class="quiet">{t(found.needsData ? 'page.form.asksData' : 'page.form.noData')}</span>
          )}
        </div>
      </div>
      {found && !failure && <Details preview={found} method={method.name} />}
    </aside>
  );
}

function Effect({ preview: { bytes: size, layers } }: { readonly preview: CompressionPreview }): JSX.Element {
  const { before, after } = size;
  const kept = before > 0 ? after / before : 1;
  return (
    <>
      <p class="preview-size">
        <Value figure={bytes(before)} /> → <Value figure={bytes(after)} provenance="predicted" />{' '}
        <span class="quiet">
          <Value figure={ratio(kept)} provenance="predicted" />
        </span>
      </p>
      <div class="preview-bar" aria-hidden="true">
        <div style={{ width: `${Math.min(100, kept * 100)}%` }} />
      </div>
      <p>{t('page.form.treated', { treated: layers.treated, total: layers.total })}</p>
      <ul class="preview-choices">
        {layers.choices.map(({ label, count }) => (
          <li key={label}>
            <span class="numeric">{whole(count).text}</span> × <code>{label}</code>
          </li>
        ))}
      </ul>
    </>
  );
}

function Details(props: { readonly preview: CompressionPreview; readonly method: string }): JSX.Element {
  const { left, notes, settings } = props.preview;
  const command = ['--method', props.method, ...settings.flatMap((setting) => ['--set', quoted(setting)])].join(' ');
  return (
    <div class="preview-details">
      {left.length > 0 && (
        <Section title={t('page.form.left')}>
          {left.map((each) => (
            <Reason key={messageText(each.reason)} reason={each} />
          ))}
        </Section>
      )}
      {notes.length > 0 && (
        <Section title={t('page.form.notes')}>
          <ul class="preview-notes">
            {notes.map((note, i) => (
              <li key={i}>{messageText(note)}</li>
            ))}
          </ul>
        </Section>
      )}
      <Section
        title={t('page.form.command')}
        action={
          <button class="link" onClick={() => copyText(command)}>
            {t('page.form.copy')}
          </button>
        }
      >
        <code class="preview-command">{command}</code>
      </Section>
    </div>
  );
}

function Reason({ reason: { reason, count, layers } }: { readonly reason: PreviewedReason }): JSX.Element {
  return (
    <details class="preview-reason">
      <summary>
        <span class="numeric">{whole(count).text}</span> {messageText(reason)}
      </summary>
      <ul>
        {layers.map((layer) => (
          <li key={layer}>
            <button class="link" title={layer} onClick={() => show(layer)}>
              <LayerName name={layer} />
            </button>
          </li>
        ))}
        {count > layers.length && <li class="quiet">{t('page.form.moreLayers', { count: count - layers.length })}</li>}
      </ul>
    </details>
  );
}

/** Quotes a word for a POSIX shell where it needs it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
