import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Finding, FindingMend } from '../../src/inspect/inspection.js';
import { messageText, t } from '../format/text.js';
import { FailureSentence } from '../shell/notices.js';
import { findings, findingsFailure, loadFindings } from '../state/findings.js';
import { compressWith, started } from '../state/session.js';
import { placeOf, showFinding } from '../state/showFinding.js';

/** Findings in the order the engine gives, what would save most first; of many that say the same, one stands for all. */
export function FindingsList(): JSX.Element {
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
  if (found.length === 0) return <NoFindings />;
  const kinds = new Map<string, Finding[]>();
  for (const finding of found) {
    const alike = kinds.get(finding.kind);
    if (alike) alike.push(finding);
    else kinds.set(finding.kind, [finding]);
  }
  return (
    <ul class="findings fresh">
      {[...kinds].map(([kind, alike]) => (
        <Alike key={kind} findings={alike} />
      ))}
    </ul>
  );
}

function NoFindings(): JSX.Element {
  const { bytesByType } = started.value!.opened.card;
  const weights = Object.keys(bytesByType).length > 0;
  return <p class="quiet fresh">{t(weights ? 'page.overview.noFindings' : 'page.overview.noWeights')}</p>;
}

/** Findings of one kind: the first, and the others where they are asked for. */
function Alike({ findings: alike }: { readonly findings: readonly Finding[] }): JSX.Element {
  const [all, setAll] = useState(false);
  const more = alike.length - 1;
  // One line more takes no more room than the line that says there is one more.
  const shown = all || more === 1 ? alike : alike.slice(0, 1);
  return (
    <>
      {shown.map((finding, i) => (
        <li key={i}>
          <span>{messageText(finding.message)}</span>
          <Actions finding={finding} />
        </li>
      ))}
      {more > 1 && (
        <li>
          <button class="link" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t('page.overview.fewerFindings') : t('page.overview.moreFindings', { count: more })}
          </button>
        </li>
      )}
    </>
  );
}

function Actions({ finding }: { readonly finding: Finding }): JSX.Element {
  const { layer, mend } = finding;
  return (
    <span class="finding-actions">
      {placeOf(finding).page !== 'overview' && (
        <button class="link" aria-label={t('page.overview.show.label', { layer })} onClick={() => showFinding(finding)}>
          {t('page.overview.show')}
        </button>
      )}
      {mend && (
        <button
          class="link"
          aria-label={t('page.overview.mend.label', { layer })}
          title={t('page.overview.mend.tooltip', { choice: choiceText(mend) })}
          onClick={() => compressWith(mend)}
        >
          {t('page.overview.mend')}
        </button>
      )}
    </span>
  );
}

/** A method and its options as the command line takes them: `quantize perChannel=true`. */
const choiceText = ({ method, options }: FindingMend): string =>
  [method, ...Object.entries(options).map(([name, value]) => `${name}=${value}`)].join(' ');
