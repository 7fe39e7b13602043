/** The command line's commands and flags, in one table: parsing, help, and the nearest valid name come from it. */

export interface Flag {
  readonly kind: 'text' | 'number' | 'switch' | 'list';
  readonly short?: string;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly sentence: string;
}

export interface Command {
  readonly arguments: readonly string[];
  readonly sentence: string;
  readonly flags: Readonly<Record<string, Flag>>;
}

const json: Flag = { kind: 'switch', sentence: 'Print one JSON document on stdout and nothing else.' };
const threads: Flag = { kind: 'number', value: 'N', sentence: 'Threads onnxruntime may use inside an operator.' };
const dataKinds = 'an .npz, .npy or .csv, a folder of images or of test_data_set_*, a manifest (.json), or "random"';
const data: Flag = {
  kind: 'text',
  value: 'D',
  sentence: `Data: ${dataKinds}.`,
};
const preprocess: Flag = {
  kind: 'text',
  value: 'P',
  sentence: 'How images become inputs: imagenet, 0-1, -1-1, 0-255, or a JSON file (docs/data.md).',
};
const carry: Flag = {
  kind: 'list',
  value: 'INPUT=OUTPUT',
  sentence: 'Recurrent state: the output that feeds an input in the next run (state=stateN); may be repeated.',
};
const metric: Flag = {
  kind: 'text',
  value: 'FILE.mjs',
  sentence: 'A module that scores the outputs (docs/data.md). It is run as a program.',
};
const top: Flag = {
  kind: 'number',
  value: 'K',
  sentence: 'Count the samples whose label is among the first K classes.',
};

export const commands = {
  inspect: {
    arguments: ['MODEL'],
    sentence: 'What a model is made of: layers, weights, ranges, findings.',
    flags: {
      'no-statistics': { kind: 'switch', sentence: 'Read no weight.' },
      bins: { kind: 'number', value: 'N', sentence: 'Bins of each histogram, 1 to 2048 (64).' },
      data: {
        ...data,
        sentence: `Measure the activations, too, on ${dataKinds}.`,
      },
      preprocess,
      profile: { kind: 'switch', sentence: 'Measure the time of each layer, on the data or on random inputs.' },
      samples: { kind: 'number', value: 'N', sentence: 'At most so many samples of the data, the first of them.' },
      carry,
      memory: { kind: 'number', value: 'MB', sentence: 'Memory for captured activations at once (1024).' },
      target: {
        kind: 'text',
        value: 'T',
        sentence:
          'Find what a target cannot run: onnxruntime-cpu, or onnxruntime-cpu-int8 or tensorrt (not in 8 bits).',
      },
      html: { kind: 'text', value: 'OUT', sentence: 'Write all of it as one page that opens in any browser.' },
      csv: { kind: 'text', value: 'OUT', sentence: 'Write the table of layers (RFC 4180, exact numbers).' },
      'node-data': {
        kind: 'list',
        value: '[METRIC=]OUT',
        sentence: 'Write bytes, parameters, macs, zeros or range for Model Explorer; may be repeated.',
      },
      npy: {
        kind: 'list',
        value: 'TENSOR=OUT',
        sentence: 'Write a tensor for numpy as it is stored; may be repeated.',
      },
      real: { kind: 'switch', sentence: 'Write tensors of --npy as the real numbers they stand for.' },
      threads,
      json,
    },
  },
  compress: {
    arguments: ['MODEL'],
    sentence: 'Write a smaller model and measure it against the original.',
    flags: {
      output: { kind: 'text', short: 'o', value: 'OUT', sentence: 'Where to write the new model.' },
      method: { kind: 'text', value: 'M', sentence: 'The method (quantize).' },
      preset: { kind: 'text', value: 'P', sentence: 'A named recipe (tare methods lists them); --set goes before it.' },
      set: {
        kind: 'list',
        value: 'KEY=VALUE',
        sentence: 'An option of the method (tare methods lists them); may be repeated.',
      },
      data: { ...data, sentence: `Data to calibrate on: ${dataKinds}.` },
      test: { kind: 'text', value: 'T', sentence: 'Data that is only measured on.' },
      preprocess,
      carry,
      metric,
      top,
      target: {
        kind: 'text',
        value: 'T',
        sentence: 'List the layers that a target would not run fast: onnxruntime-cpu, onnxruntime-cpu-int8, tensorrt.',
      },
      'max-drop': {
        kind: 'number',
        value: 'P',
        sentence: 'Greatest loss of accuracy, in points; of the metric, in its own unit.',
      },
      'no-measure': {
        kind: 'switch',
        sentence: 'Load the new model once, tell sizes, and measure neither quality nor latency nor memory.',
      },
      seed: { kind: 'number', value: 'N', sentence: 'Seed of every random choice (0).' },
      threads,
      json,
    },
  },
  evaluate: {
    arguments: ['MODEL'],
    sentence: 'Quality, size, latency and memory of a model, alone or against another.',
    flags: {
      against: { kind: 'text', value: 'MODEL', sentence: 'The model to compare with.' },
      data,
      preprocess,
      carry,
      metric,
      top,
      threads,
      json,
    },
  },
  compare: {
    arguments: ['A', 'B'],
    sentence:
      'Two models layer by layer: what changed, types, bytes, errors of the weights, and on data of the layers.',
    flags: {
      data: {
        ...data,
        sentence: `Measure where the error arises, too, on ${dataKinds}.`,
      },
      preprocess,
      carry,
      samples: { kind: 'number', value: 'N', sentence: 'At most so many samples of the data, the first of them.' },
      memory: { kind: 'number', value: 'MB', sentence: 'Memory for captured activations at once (512).' },
      csv: { kind: 'text', value: 'OUT', sentence: 'Write the table of layers (RFC 4180, exact numbers).' },
      threads,
      json,
    },
  },
  data: {
    arguments: ['DATA'],
    sentence: 'What a model would be fed of some data: shapes and values of its first sample.',
    flags: {
      model: { kind: 'text', value: 'MODEL', sentence: 'The model.' },
      preprocess,
      carry,
      sample: { kind: 'number', value: 'I', sentence: 'Another sample than the first, counted from 0.' },
      preview: { kind: 'text', value: 'OUT.png', sentence: 'Write an image as the model sees it.' },
      json,
    },
  },
  methods: {
    arguments: [],
    sentence: 'The methods, their options, defaults and meaning.',
    flags: { json },
  },
  demo: {
    arguments: ['FOLDER'],
    sentence: 'Compress the sample model that comes with Tare, in a folder of yours.',
    flags: { json },
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

/** The help of the whole program, or of one command. */
export function helpText(name?: CommandName): string {
  if (name === undefined) {
    const width = Math.max(
      ...Object.entries(commands).map(([key, { arguments: words }]) => [key, ...words].join(' ').length),
    );
    const lines = Object.entries(commands).map(
      ([key, { arguments: words, sentence }]) => `  tare ${[key, ...words].join(' ').padEnd(width)}  ${sentence}`,
    );
    return ['Usage:', ...lines, '', 'tare COMMAND --help tells the flags of a command.'].join('\n');
  }
  const command: Command = commands[name];
  const flags = Object.entries(command.flags).map(([flag, { short, value, sentence }]) => {
    const names = short ? `-${short}, --${flag}` : `--${flag}`;
    return [value ? `${names} ${value}` : names, sentence] as const;
  });
  const width = Math.max(...flags.map(([left]) => left.length));
  return [
    `Usage: tare ${[name, ...command.arguments].join(' ')} [flags]`,
    command.sentence,
    '',
    ...flags.map(([left, sentence]) => `  ${left.padEnd(width)}  ${sentence}`),
  ].join('\n');
}
