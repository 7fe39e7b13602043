import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = resolve(__dirname, '../..');
const eslint = new ESLint({ cwd: root });

/** The rules that a snippet breaks where it stands at `path`. */
async function broken(path: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, path) });
  const ofStyle = ['@typescript-eslint/no-unused-vars'];
  return (result?.messages ?? []).map(({ ruleId }) => ruleId).filter((rule) => !ofStyle.includes(rule ?? ''));
}

/** The floors of docs/architecture.md, from the roof down. */
const house = [
  ['cli', 'engine'],
  ['recipe'],
  ['search'],
  ['compress'],
  ['evaluate', 'inspect', 'train'],
  ['runtime', 'data'],
  ['onnx', 'threads'],
  ['graph'],
  ['tensor'],
  ['messages'],
];
const floors = house.flat();
const level = (folder: string) => house.findIndex((floor) => floor.includes(folder));
/** Neighbours on a floor, of which the first may import the second. */
const neighbours = [
  ['evaluate', 'inspect'],
  ['runtime', 'data'],
];
/** Methods know the model and what is measured on it, and no file, no process, no judge. */
const closedToMethods = ['evaluate', 'runtime', 'data', 'onnx', 'threads'];

function mayImport(from: string, to: string): boolean {
  if (from === 'compress' && closedToMethods.includes(to)) return false;
  if (neighbours.some(([left, right]) => from === left && to === right)) return true;
  return from === to || level(from) < level(to) || (from === 'engine' && to === 'protocol');
}

/** An existing module of a folder, as another folder of src names it. */
function moduleOf(folder: string): string | undefined {
  const path = join(root, 'src', folder);
  const file = existsSync(path) ? readdirSync(path).find((name) => name.endsWith('.ts')) : undefined;
  return file && `../${folder}/${file.replace(/\.ts$/, '.js')}`;
}

describe('the floors', () => {
  for (const from of floors) {
    it(`let ${from} import what lies below it and nothing else`, async () => {
      for (const to of floors) {
        const module = moduleOf(to);
        if (from === to || module === undefined) continue;
        const rules = await broken(
          `src/${from}/snippet.ts`,
          `import * as it from '${module}';\nexport const x = it;\n`,
        );
        expect({ to, refused: rules.includes('boundaries/dependencies') }).toEqual({
          to,
          refused: !mayImport(from, to),
        });
      }
    });
  }

  it('keep extension and pages behind the protocol', async () => {
    for (const to of ['recipe', 'runtime', 'onnx', 'graph']) {
      const value = `import * as it from '${moduleOf(to)}';\nexport const x = it;\n`;
      expect(await broken('src/extension/snippet.ts', value), to).toContain('boundaries/dependencies');
      const fromPage = value.replace("'..", "'../src");
      expect(await broken('webview/snippet.ts', fromPage), to).toContain('boundaries/dependencies');
    }
    const protocol = `import * as it from '${moduleOf('protocol')}';\nexport const x = it;\n`;
    expect(await broken('src/extension/snippet.ts', protocol)).toEqual([]);
  });

  it('let protocol, extension and pages import types of any folder', async () => {
    const type = `import type { OnnxModel } from '../graph/model.js';\nexport type X = OnnxModel;\n`;
    expect(await broken('src/protocol/snippet.ts', type)).toEqual([]);
    expect(await broken('src/extension/snippet.ts', type)).toEqual([]);
    expect(await broken('webview/snippet.ts', type.replace('..', '../src'))).toEqual([]);
    expect(await broken('src/protocol/snippet.ts', type.replaceAll('import type', 'import'))).toContain(
      'boundaries/dependencies',
    );
  });

  it('let pages import what is marked browser-safe', async () => {
    const marked = `import { statisticsOf } from '../src/protocol/rpc.js';\nexport const x = statisticsOf;\n`;
    expect(await broken('webview/snippet.ts', marked)).toEqual([]);
  });

  it('refuse a file that stands on no floor', async () => {
    expect(await broken('src/helpers/snippet.ts', 'export const x = 1;\n')).toContain('boundaries/no-unknown-files');
  });
});

describe('circles of imports', () => {
  it('are refused', async () => {
    // The catalogue imports the message.
    const back = `import { english } from './catalog.js';\nexport const x = english;\n`;
    expect(await broken('src/messages/message.ts', back)).toContain('import-x/no-cycle');
  });
});

describe('modules that one folder owns', () => {
  const owned = [
    { module: 'vscode', owner: 'src/extension', others: ['src/engine', 'src/protocol', 'webview'] },
    { module: 'protobufjs', owner: 'src/onnx', others: ['src/graph', 'src/engine', 'webview'] },
    { module: 'protobufjs/light.js', owner: 'src/onnx', others: ['src/runtime', 'src/extension'] },
    { module: 'onnxruntime-node', owner: 'src/runtime', others: ['src/evaluate', 'src/engine', 'src/extension'] },
    { module: 'onnxruntime-common', owner: 'src/runtime', others: ['src/compress', 'webview'] },
  ];
  for (const { module, owner, others } of owned) {
    it(`${module} belongs to ${owner}`, async () => {
      const code = `import * as it from '${module}';\nexport const x = it;\n`;
      expect(await broken(`${owner}/snippet.ts`, code)).toEqual([]);
      for (const other of others) {
        expect(await broken(`${other}/snippet.ts`, code), other).toContain('no-restricted-imports');
      }
    });
  }
});

describe('what no folder of the product may use', () => {
  const folders = [...floors, 'protocol', 'extension'].map((folder) => `src/${folder}`).concat('webview');

  it('is the network', async () => {
    for (const folder of folders) {
      for (const module of ['http', 'node:https', 'node:net', 'node:tls', 'dgram', 'node:dns']) {
        const code = `import * as it from '${module}';\nexport const x = it;\n`;
        expect(await broken(`${folder}/snippet.ts`, code), folder).toContain('no-restricted-imports');
      }
      for (const call of ['fetch("x")', 'new WebSocket("x")', 'new XMLHttpRequest()', 'new EventSource("x")']) {
        expect(await broken(`${folder}/snippet.ts`, `export const x = ${call};\n`), folder).toContain(
          'no-restricted-globals',
        );
      }
    }
  });

  it('is files and processes, in the pure folders', async () => {
    for (const folder of ['src/messages', 'src/tensor', 'src/graph', 'src/compress', 'src/protocol', 'webview']) {
      for (const module of ['fs', 'node:fs/promises', 'node:child_process', 'worker_threads']) {
        const code = `import * as it from '${module}';\nexport const x = it;\n`;
        expect(await broken(`${folder}/snippet.ts`, code), folder).toContain('no-restricted-imports');
      }
    }
  });

  it('is Node, in the pages', async () => {
    const code = `import * as it from 'node:path';\nexport const x = it;\n`;
    expect(await broken('webview/snippet.ts', code)).toContain('no-restricted-imports');
  });

  it('is the toolkit, outside the one module of the pages', async () => {
    const code = `import * as it from '@vscode/webview-ui-toolkit';\nexport const x = it;\n`;
    expect(await broken('webview/layers/snippet.ts', code)).toContain('no-restricted-imports');
    expect(await broken('webview/controls.tsx', code)).toEqual([]);
  });
});
