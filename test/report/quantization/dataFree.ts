/** What calibration is worth: the same models with ranges from data and from the model alone. Nothing is asked of these. */
import type { Json } from '../../../src/compress/method.js';
import type { Experiment } from './experiment.js';
import { sampleNames } from './sample.js';

export const dataFreeColumns = ['ranges', 'conditioning'] as const;
type Column = (typeof dataFreeColumns)[number];

const conditionings: Readonly<Record<string, Readonly<Record<string, Json>>>> = {
  '': {},
  'equalize, biasCorrection': { equalize: true, biasCorrection: true },
};

export const withoutData: readonly Experiment<Column>[] = sampleNames.flatMap((model) =>
  Object.entries(conditionings).flatMap(([conditioning, options]) => [
    { model, named: { ranges: 'calibrated', conditioning }, asked: { options }, seeded: true },
    {
      model,
      named: { ranges: 'dataFree', conditioning },
      asked: { options: { ...options, dataFree: true, inputRange: '0,1' } },
      seeded: false,
    },
  ]),
);
