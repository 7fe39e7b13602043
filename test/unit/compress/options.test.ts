import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nearestOf, optionCards, parseOptions, parseSettings } from '../../../src/compress/options.js';
import { quantize } from '../../../src/compress/quantize/quantize.js';
import { methodOf, methods } from '../../../src/compress/registry.js';
import { Failure } from '../../../src/messages/failure.js';

const made = {
  name: 'made',
  options: z.object({
    kind: z
      .enum(['round', 'square'])
      .default('round')
      .meta({ sentence: 'compress.stage.calibrate', source: 'a paper', group: 'scheme' }),
    sure: z.boolean().default(true),
    maybe: z.boolean().nullable().default(null),
    count: z.number().int().min(1).max(9).default(3),
    share: z.number().default(0.5),
    layers: z.string().default(''),
  }),
};

function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error('no Failure was thrown');
}

describe('optionCards', () => {
  it('tell name, type, values, default, sentence and source', () => {
    expect(optionCards(made.options)).toEqual([
      {
        name: 'kind',
        type: 'choice',
        values: ['round', 'square'],
        default: 'round',
        sentence: 'Calibrating',
        source: 'a paper',
        group: 'scheme',
      },
      { name: 'sure', type: 'boolean', default: true, sentence: '', source: '', group: null },
      { name: 'maybe', type: 'boolean', default: null, sentence: '', source: '', group: null },
      { name: 'count', type: 'integer', default: 3, sentence: '', source: '', group: null },
      { name: 'share', type: 'number', default: 0.5, sentence: '', source: '', group: null },
      { name: 'layers', type: 'text', default: '', sentence: '', source: '', group: null },
    ]);
  });

  it('have a sentence and a source for every option of every method', () => {
    for (const method of methods) {
      for (const card of optionCards(method.options)) {
        expect(card.sentence, card.name).not.toBe('');
        expect(card.source, card.name).not.toBe('');
        if (method.name === 'quantize') expect(card.group, card.name).not.toBeNull();
      }
    }
  });

  it('have defaults that their method accepts', () => {
    for (const method of methods) {
      const defaults = Object.fromEntries(optionCards(method.options).map((card) => [card.name, card.default]));
      expect(parseOptions(method, defaults)).toEqual(parseSettings(method, []));
    }
  });
});

describe('parseSettings', () => {
  it('types words by their option, and fills in defaults', () => {
    expect(parseSettings(made, [])).toEqual({
      kind: 'round',
      sure: true,
      maybe: null,
      count: 3,
      share: 0.5,
      layers: '',
    });
    const settings = ['kind=square', 'sure=false', 'maybe=true', 'count=7', 'share=1e-3', 'layers=a=b,/c*'];
    expect(parseSettings(made, settings)).toEqual({
      kind: 'square',
      sure: false,
      maybe: true,
      count: 7,
      share: 0.001,
      layers: 'a=b,/c*',
    });
    expect(parseSettings(made, ['maybe=auto']).maybe).toBeNull();
  });

  it.each([
    ['colour=1', 'compress.unknown-option', { method: 'made', option: 'colour', nearest: 'count' }],
    ['Kind=round', 'compress.unknown-option', { nearest: 'kind' }],
    ['kind', 'compress.setting-syntax', { setting: 'kind' }],
    ['=3', 'compress.setting-syntax', {}],
    [
      'kind=sqare',
      'compress.option-not-choice',
      { option: 'kind', value: 'sqare', nearest: 'square', values: 'round, square' },
    ],
    ['sure=yes', 'compress.option-not-boolean', { option: 'sure', value: 'yes' }],
    ['sure=auto', 'compress.option-not-boolean', { value: 'auto' }],
    ['count=2.5', 'compress.option-not-integer', { value: '2.5' }],
    ['count=', 'compress.option-not-integer', { value: '' }],
    ['count=many', 'compress.option-not-integer', { value: 'many' }],
    ['count=10', 'compress.option-out-of-range', { option: 'count', value: '10' }],
    ['share=half', 'compress.option-not-number', { option: 'share' }],
    ['share=Infinity', 'compress.option-not-number', { value: 'Infinity' }],
  ])('refuses %s', (setting, code, params) => {
    const failure = failureOf(() => parseSettings(made, [setting]));
    expect(failure.code).toBe(code);
    expect(failure.params).toMatchObject(params);
  });
});

describe('parseOptions', () => {
  it.each([
    [{ kind: 3 }, 'compress.option-not-choice'],
    [{ sure: 'true' }, 'compress.option-not-boolean'],
    [{ sure: null }, 'compress.option-not-boolean'],
    [{ count: '3' }, 'compress.option-not-integer'],
    [{ share: null }, 'compress.option-not-number'],
    [{ layers: ['a'] }, 'compress.option-not-text'],
    [{ size: 1 }, 'compress.unknown-option'],
  ])('refuses %j', (values, code) => {
    expect(failureOf(() => parseOptions(made, values)).code).toBe(code);
  });

  it('knows the options that scripts rely on', () => {
    const names = optionCards(quantize.options).map((card) => card.name);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['scheme', 'format', 'activationType', 'weightType', 'perChannel', 'symmetricActivations'],
        ...['symmetricWeights', 'reduceRange', 'calibration', 'compat', 'include', 'exclude'],
      ]),
    );
  });
});

describe('methodOf', () => {
  it('finds a method by name, and names the nearest to a wrong one', () => {
    expect(methodOf('quantize')).toBe(quantize);
    const failure = failureOf(() => methodOf('quantise'));
    expect(failure.code).toBe('compress.unknown-method');
    expect(failure.params).toMatchObject({ nearest: 'quantize' });
  });
});

describe('nearestOf', () => {
  it('does not mind the case', () => {
    expect(nearestOf('PERCHANNEL', ['perChannel', 'weightType'])).toBe('perChannel');
    expect(nearestOf('x', [])).toBe('');
  });
});
