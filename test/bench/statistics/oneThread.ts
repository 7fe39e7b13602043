/**
 * What a worker of the pool does, on the main thread: the statistics of the large weights of a model. Prints the lines of
 * reference.c. Usage: oneThread MODEL plain|channels; `channels` also gives each channel's range, as the product does.
 */
import { layersOf } from '../../../src/graph/layers.js';
import { channelAxisOf } from '../../../src/inspect/measureWeight.js';
import { measurePart } from '../../../src/inspect/measurePart.js';
import { weightSource } from '../../../src/inspect/weightSource.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { CompiledKernels } from '../../../src/tensor/compiledKernels.js';
import binary from '../../../src/tensor/kernels.wasm';
import { excessKurtosis, standardDeviation } from '../../../src/tensor/statistics.js';

async function main([path, mode]: readonly string[]): Promise<void> {
  const started = performance.now();
  const processor = process.cpuUsage();
  const opened = await openModel(path!);
  const kernels = new CompiledKernels(binary);
  const lines: string[] = [];
  for (const layer of layersOf(opened.model)) {
    for (const weight of layer.weights) {
      const source = await weightSource(layer, weight);
      if (!source) continue;
      const { moments, counts } = measurePart(kernels, {
        source,
        start: 0,
        end: weight.elements,
        moments: { axis: mode === 'channels' ? channelAxisOf(weight) : null },
        histogram: 'extremes',
      });
      const { min, max, mean, zeros } = moments!;
      const middle = counts!.subarray(512, 1536).reduce((sum, count) => sum + count, 0);
      lines.push(
        [min, max, mean, standardDeviation(moments!), excessKurtosis(moments!), zeros, middle].map(String).join(' '),
      );
    }
  }
  const { user, system } = process.cpuUsage(processor);
  process.stdout.write(`${lines.join('\n')}\n`);
  process.stderr.write(`${(performance.now() - started) / 1000} ${(user + system) / 1e6}\n`);
  await opened.close();
}

void main(process.argv.slice(2));
