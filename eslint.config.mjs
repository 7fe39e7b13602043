import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The floors of the house (docs/architecture.md), from the ground up: a folder may import only from those listed. */
const floors = {
  messages: [],
  tensor: ['messages'],
  graph: ['tensor', 'messages'],
  onnx: ['graph', 'tensor', 'messages'],
  threads: ['graph', 'tensor', 'messages'],
  data: ['threads', 'onnx', 'graph', 'tensor', 'messages'],
  compress: ['inspect', 'train', 'graph', 'tensor', 'messages'],
};
floors.runtime = ['data', ...floors.data];
floors.inspect = ['runtime', ...floors.runtime];
floors.train = ['runtime', ...floors.runtime];
floors.evaluate = ['inspect', ...floors.inspect];
floors.search = ['compress', 'train', 'evaluate', ...floors.evaluate];
floors.recipe = ['search', ...floors.search];
floors.engine = ['protocol', 'recipe', ...floors.recipe];
floors.cli = ['recipe', ...floors.recipe];
floors.protocol = ['messages'];
floors.extension = ['protocol', 'messages'];
floors.webview = ['protocol', 'messages'];
/** They see the rest only through `protocol`; a type of any folder costs nothing at run time. */
const typesOfAnyFolder = ['protocol', 'extension', 'webview'];
/** Folders that know no file and no process. */
const pure = ['messages', 'tensor', 'graph', 'compress', 'protocol', 'webview'];

const folderOf = (floor) => (floor === 'webview' ? 'webview' : `src/${floor}`);
const from = (type) => ({ element: { type } });

/** Files whose first comment says "Browser-safe": pure functions that pages and the engine share. */
const browserSafe = sourceFiles().filter((file) =>
  /^\/\*\*[^]*?\*\//.exec(readFileSync(file, 'utf8'))?.[0].match(/browser-safe/i),
);

const policies = [
  ...Object.entries(floors).map(([floor, below]) => ({
    from: from(floor),
    allow: { to: { element: { types: { anyOf: below } } } },
    message: `{{from.element.type}} may not import from {{to.element.type}} (the floors in docs/architecture.md).`,
  })),
  ...typesOfAnyFolder.map((floor) => ({ from: from(floor), allow: { dependency: { kind: 'type' } } })),
  { from: from('webview'), allow: { to: { file: { categories: 'browser-safe' } } } },
  { from: from('test'), allow: { to: { element: { type: '*' } } } },
];

/** Modules that one folder alone may import. */
const owned = [
  { owner: 'extension', group: ['vscode'], message: 'Only src/extension imports vscode.' },
  { owner: 'onnx', group: ['protobufjs', 'protobufjs/*'], message: 'Only src/onnx knows protobuf.' },
  {
    owner: 'runtime',
    group: ['onnxruntime-node', 'onnxruntime-common'],
    message: 'Only src/runtime imports onnxruntime-node.',
  },
];
const builtin = (...names) => names.flatMap((name) => [name, `node:${name}`]);
const network = {
  group: builtin('http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns', 'dns/promises'),
  message: 'Tare uses no network.',
};
const filesAndProcesses = {
  group: builtin('fs', 'fs/promises', 'child_process', 'worker_threads', 'cluster'),
  message: 'This folder is pure: no files, no processes.',
};
const toolkit = {
  group: ['@vscode/webview-ui-toolkit', '@vscode/webview-ui-toolkit/*'],
  message: 'Controls come from webview/controls.tsx.',
};
const anyOfNode = { group: ['node:*'], message: 'What runs in a browser imports nothing of Node.' };

const restrictImports = (files, patterns) => ({ files, rules: { 'no-restricted-imports': ['error', { patterns }] } });
const restrictionsOf = (floor) => [
  network,
  ...owned.filter(({ owner }) => owner !== floor).map(({ group, message }) => ({ group, message })),
  ...(pure.includes(floor) ? [filesAndProcesses] : []),
  ...(floor === 'webview' ? [anyOfNode] : []),
];

const noNetworkGlobals = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((name) => ({
  name,
  message: 'Tare uses no network.',
}));

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', '*.config.*', '**/*.mjs', 'src/tensor/assembly/'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { boundaries, 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.tsx'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/resolver-next': [createTypeScriptImportResolver({ project: 'tsconfig.json' })],
      'import/resolver': { typescript: { project: 'tsconfig.json' } },
      'boundaries/elements': [
        ...Object.keys(floors).map((floor) => ({ type: floor, pattern: folderOf(floor), partialMatch: false })),
        { type: 'test', pattern: 'test', partialMatch: false },
      ],
      'boundaries/files': [{ category: 'browser-safe', pattern: browserSafe }],
    },
    rules: {
      'boundaries/dependencies': ['error', { default: 'disallow', policies }],
      'boundaries/no-unknown-files': 'error',
      'import-x/no-cycle': 'error',
      'import-x/no-self-import': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-globals': ['error', ...noNetworkGlobals],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  ...Object.keys(floors)
    .filter((floor) => floor !== 'webview')
    .map((floor) => restrictImports([`${folderOf(floor)}/**`], restrictionsOf(floor))),
  restrictImports(browserSafe, [...restrictionsOf('messages'), anyOfNode]),
  restrictImports(['webview/**'], [...restrictionsOf('webview'), toolkit]),
  restrictImports(['webview/controls.tsx'], restrictionsOf('webview')),
  { files: ['src/cli/**', 'test/**'], rules: { 'no-console': 'off' } },
  { files: ['test/**'], rules: { 'no-restricted-globals': 'off' } },
);

function sourceFiles() {
  const files = readdirSync(join(import.meta.dirname, 'src'), { recursive: true });
  return files.filter((file) => file.endsWith('.ts')).map((file) => `src/${file.replaceAll('\\', '/')}`);
}
