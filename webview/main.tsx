import './theme.css';
import { render } from 'preact';
import { registerControls } from './controls.js';
import { App } from './shell/app.js';
import { copyExactly } from './copyExactly.js';
import { followComparison } from './state/comparison.js';
import { followComparedWeights } from './state/comparedWeights.js';
import { followFindings } from './state/findings.js';
import { followLayers } from './state/layerRows.js';
import { followDetail } from './state/weightDetail.js';
import { followParts } from './state/weightiest.js';
import { leaveSession, reportError, startSession } from './state/session.js';

window.addEventListener('error', ({ error, message }) => reportError(error ?? message));
window.addEventListener('unhandledrejection', ({ reason }) => reportError(reason));
window.addEventListener('pagehide', leaveSession);
document.addEventListener('copy', copyExactly);

registerControls();
followLayers();
followFindings();
followComparison();
followComparedWeights();
followDetail();
followParts();
render(<App />, document.getElementById('root')!);
void startSession();
