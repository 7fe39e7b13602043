/** Whole models in integers: what a person gets who asks for a preset or a scheme. */
import type { Bar } from './bar.js';
import { lossBar } from './bar.js';
import type { Experiment, Result } from './experiment.js';
import { mostLost } from './experiment.js';
import type { Asked } from './sample.js';
import { sampleNames } from './sample.js';

export const schemeColumns = ['asked for'] as const;
type Column = (typeof schemeColumns)[number];

const unbalanced = 'mobilenet-digits-unbalanced';
const blocks = 'scheme=weight-only weightType=int4 blockSize=32';

/** As settings of the command line, which the row is named by. */
const ways: Readonly<Record<string, Asked>> = {
  '--preset safest': { preset: 'safest' },
  'compat=onnxruntime perChannel=false': { options: { compat: 'onnxruntime', perChannel: false } },
  'compat=onnxruntime': { options: { compat: 'onnxruntime' } },
  'perChannel=false': { options: { perChannel: false } },
  'perChannel=false equalize=true': { options: { perChannel: false, equalize: true } },
  [blocks]: { options: { scheme: 'weight-only', weightType: 'int4', blockSize: 32 } },
};

const experiment = (model: string, way: string): Experiment<Column> => ({
  model,
  named: { 'asked for': way },
  asked: ways[way]!,
  seeded: way !== blocks,
});

export const schemes: readonly Experiment<Column>[] = sampleNames.flatMap((model) => [
  experiment(model, '--preset safest'),
  ...(model === unbalanced
    ? [
        'compat=onnxruntime perChannel=false',
        'compat=onnxruntime',
        'perChannel=false',
        'perChannel=false equalize=true',
      ].map((way) => experiment(model, way))
    : []),
  ...(model === 'vit-digits' ? [experiment(model, blocks)] : []),
]);

/** What must stay within 0.3 points; the other rows show what it is held against. */
const asked = ['--preset safest', 'perChannel=false equalize=true', blocks];

export function schemeBars(results: readonly Result<Column>[]): Bar[] {
  return results
    .filter(({ named }) => asked.includes(named['asked for']))
    .map((result) => lossBar(`${result.model}, ${result.named['asked for']}`, mostLost(result), 0.3));
}
