import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../../src/cli/arguments.js';
import { UsageError } from '../../../src/cli/usageError.js';
import { commands, helpText } from '../../../src/cli/usage.js';

const mistake = (words: string[]) => {
  try {
    parseCommandLine(words);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error(`accepted: ${words.join(' ')}`);
};

describe('the command line', () => {
  it('reads flags of every kind, before and after the model', () => {
    expect(
      parseCommandLine('compress --set a=1 m.onnx -o out.onnx --set b=2 --max-drop 0.3 --json'.split(' ')),
    ).toEqual({
      command: 'compress',
      positionals: ['m.onnx'],
      flags: { set: ['a=1', 'b=2'], output: 'out.onnx', 'max-drop': 0.3, json: true },
    });
    expect(parseCommandLine(['inspect', 'm.onnx', '--bins=16']).flags).toEqual({ bins: 16 });
  });

  it('takes a model whose name begins with a dash after --', () => {
    expect(parseCommandLine(['inspect', '--', '-m.onnx']).positionals).toEqual(['-m.onnx']);
  });

  it('names the nearest valid word', () => {
    expect(mistake(['inspct', 'm.onnx'])).toContain('Did you mean inspect?');
    expect(mistake(['inspect', 'm.onnx', '--no-statistic'])).toContain('Did you mean --no-statistics?');
    expect(mistake(['evaluate', 'm.onnx', '--agianst', 'n.onnx'])).toContain('Did you mean --against?');
  });

  it('refuses what is missing, too much or of the wrong type', () => {
    expect(mistake([])).toContain('A command is missing');
    expect(mistake(['inspect'])).toContain('needs MODEL');
    expect(mistake(['compare', 'a.onnx'])).toContain('needs B');
    expect(mistake(['inspect', 'a.onnx', 'b.onnx'])).toContain('"b.onnx" is one too many');
    expect(mistake(['inspect', 'a.onnx', '--bins', 'many'])).toContain('--bins takes a number, not "many"');
    expect(mistake(['compress', 'a.onnx', '-o'])).toContain('needs a value');
    expect(mistake(['inspect', 'a.onnx', '--json=yes'])).toContain('takes no value');
  });

  it('has a help for every command and flag', () => {
    for (const [name, { flags }] of Object.entries(commands)) {
      expect(helpText()).toContain(`tare ${name}`);
      for (const flag of Object.keys(flags)) expect(helpText(name as keyof typeof commands)).toContain(`--${flag}`);
    }
  });
});
