/** The way from a finding to where it shows. */
import type { Finding, FindingPlace } from '../../src/inspect/inspection.js';
import { failureOf } from './failureOf.js';
import { selectLayer, showLayer } from './layerRows.js';
import { changePageState, pageState } from './pageState.js';
import { commandFailure } from './session.js';
import { lookAtWeight } from './weightDetail.js';

/** Where nothing more is said, a finding shows in the detail of its layer. */
export function placeOf({ layer, shows }: Finding): FindingPlace {
  return shows ?? { page: 'layers', layer };
}

/** Goes to the page, layer, weight and tab where a finding can be seen. */
export function showFinding(finding: Finding): void {
  show(placeOf(finding)).catch((error: unknown) => (commandFailure.value = failureOf(error)));
}

async function show({ page, layer, weight, tab }: FindingPlace): Promise<void> {
  if (weight !== undefined) lookAtWeight(weight);
  await showLayer(layer);
  if (tab !== undefined) changePageState({ detailTab: tab });
  if (page !== 'graph') return;
  // The table knows the layer by its name, the graph by its position.
  await selectLayer(pageState.peek().selection!.index);
  changePageState({ page });
}
