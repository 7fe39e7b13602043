import type { JSX } from 'preact';
import type { OpenedModel } from '../../src/protocol/engineService.js';
import { Button } from '../controls.js';
import { Value } from '../figure.js';
import { bytes, count, valueType } from '../format/figures.js';
import { t } from '../format/text.js';
import { exportFile } from '../state/exports.js';
import { findings } from '../state/findings.js';
import { changePageState, pageState } from '../state/pageState.js';
import { runCommand } from '../state/session.js';
import { Menu } from './menu.js';

/** At most this many findings come; there may be more. */
const findingsLimit = 200;

/** What the model is, in two lines, and the one thing to do with it. */
export function Header({ opened }: { readonly opened: OpenedModel }): JSX.Element {
  const { card } = opened;
  const ports = (values: typeof card.inputs): string =>
    values.map(({ name, dtype, shape }) => `${name} ${valueType(dtype, shape)}`).join(', ');
  const signature = `${ports(card.inputs)} → ${ports(card.outputs)}`;
  // The form has a button of its own, which does what the form says.
  const kind = pageState.value.page === 'compress' ? 'secondary' : 'primary';
  return (
    <header class="header">
      <div class="header-line">
        <h1 title={opened.path}>{fileName(opened.path)}</h1>
        <span class="header-detail" title={signature}>
          <span class="part">{t('page.header.opset', { opset: card.opset })}</span>
          {card.producer !== '' && <span class="part">{card.producer}</span>}
          <span class="part">{signature}</span>
        </span>
      </div>
      <div class="header-line facts">
        <Fact id="page.header.parameters" figure={count(card.parameters)} />
        <Value figure={bytes(card.bytes)} />
        {card.macs !== null && <Fact id="page.header.macs" figure={count(card.macs)} />}
        <FindingsCount />
      </div>
      <div class="split-button">
        <Button kind={kind} onClick={() => runCommand('compress')}>
          {t('page.compress')}
        </Button>
        <Menu
          kind={kind === 'primary' ? 'primary' : 'icon'}
          label={t('page.more')}
          items={[
            { text: t('page.evaluate'), run: () => runCommand('evaluate') },
            { text: t('page.activations'), run: () => runCommand('measureActivations') },
            { text: t('page.profile'), run: () => runCommand('profile') },
            { text: t('page.compareWith'), run: () => runCommand('compareWith') },
            { text: t('page.export'), run: () => exportFile({ what: 'inspection', format: 'html' }) },
            { text: t('page.reload'), run: () => runCommand('reload') },
            { text: t('page.copyDiagnostics'), run: () => runCommand('copyDiagnostics') },
          ]}
        />
      </div>
    </header>
  );
}

function Fact(props: {
  readonly id: 'page.header.parameters' | 'page.header.macs';
  readonly figure: { text: string; exact: string };
}): JSX.Element {
  const { id, figure } = props;
  return (
    <span
      title={t(id === 'page.header.macs' ? 'page.header.macs.exact' : id, { count: figure.exact })}
      data-exact={figure.exact}
    >
      {t(id, { count: figure.text })}
    </span>
  );
}

function FindingsCount(): JSX.Element | null {
  const found = findings.value;
  if (found === null || found.length === 0) return null;
  const text =
    found.length === 1
      ? t('page.header.finding')
      : t('page.header.findings', { count: found.length < findingsLimit ? found.length : `${findingsLimit}+` });
  return (
    <button class="link fresh" onClick={() => changePageState({ page: 'overview' })}>
      {text}
    </button>
  );
}

export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
