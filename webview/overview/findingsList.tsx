import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { messageText, t } from '../format/text.js';
import { FailureSentence } from '../shell/notices.js';
import { findings, findingsFailure, loadFindings } from '../state/findings.js';

const shownAtFirst = 6;

/** Findings in the order the engine gives: what would save most comes first. */
export function FindingsList(props: { onShow(layer: string): void }): JSX.Element {
  const [all, setAll] = useState(false);
  const found = findings.value;
  if (findingsFailure.value) {
    return (
      <p>
        <FailureSentence failure={findingsFailure.value} />{' '}
        <button class="link" onClick={() => void loadFindings()}>
          {t('page.tryAgain')}
        </button>
      </p>
    );
  }
  if (found === null) return <p class="quiet">{t('page.overview.measuring')}</p>;
  if (found.length === 0) return <p class="quiet fresh">{t('page.overview.noFindings')}</p>;
  const shown = all ? found : found.slice(0, shownAtFirst);
  return (
    <>
      <ul class="findings fresh">
        {shown.map((finding, i) => (
          <li key={i}>
            <span>{messageText(finding.message)}</span>
            <button
              class="link"
              aria-label={t('page.overview.show.label', { layer: finding.layer })}
              onClick={() => props.onShow(finding.layer)}
            >
              {t('page.overview.show')}
            </button>
          </li>
        ))}
      </ul>
      {found.length > shown.length && (
        <button class="link" onClick={() => setAll(true)}>
          {t('page.overview.allFindings', { count: found.length })}
        </button>
      )}
    </>
  );
}
