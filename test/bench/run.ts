// All benchmarks, or those named: `npm run bench -- openLargeModel`. Figures only; nothing here fails for being slow.
import { drawGraph } from './drawGraph.js';
import { layoutGraph } from './layoutGraph.js';
import { activations } from './activations.js';
import { asymmetric } from './asymmetric.js';
import { calibration } from './calibration/calibration.js';
import { images } from './images/images.js';
import { openEditor } from './openEditor.js';
import { openLargeModel } from './openLargeModel.js';
import { quantizeSamples } from './quantizeSamples.js';
import { realModels } from './realModels.js';
import { reportDeaths } from './reportDeaths.js';
import { statistics } from './statistics/statistics.js';

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  openLargeModel,
  openEditor,
  realModels,
  reportDeaths,
  quantizeSamples,
  activations,
  asymmetric,
  calibration,
  drawGraph,
  statistics,
  layoutGraph,
  images,
};

async function main(names: readonly string[]): Promise<void> {
  for (const name of names.length > 0 ? names : Object.keys(benchmarks)) {
    const benchmark = benchmarks[name];
    if (!benchmark) throw new Error(`No benchmark is named ${name}: ${Object.keys(benchmarks).join(', ')}`);
    await benchmark();
  }
}

void main(process.argv.slice(2));
