import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import importX from 'eslint-plugin-import-x';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** The floors of the house (docs/architecture.md): a folder may import only from those listed. */
const floors = {
  messages: [],
  tensor: ['messages'],
  graph: ['tensor', 'messages'],
  onnx: ['graph', 'tensor', 'messages'],
  runtime: ['onnx', 'graph', 'tensor', 'messages'],
  data: ['onnx', 'graph', 'tensor', 'messages'],
  inspect: ['runtime', 'data', 'onnx', 'graph', 'tensor', 'messages'],
  train: ['runtime', 'data', 'onnx', 'graph', 'tensor', 'messages'],
  evaluate: ['runtime', 'data', 'onnx', 'graph', 'tensor', 'messages'],
  compress: ['inspect', 'train', 'graph', 'tensor', 'messages'],
  search: ['compress', 'inspect', 'train', 'evaluate', 'runtime', 'data', 'onnx', 'graph', 'tensor', 'messages'],
};
floors.recipe = ['search', ...floors.search];
floors.engine = ['protocol', 'recipe', ...floors.recipe];
floors.cli = ['recipe', ...floors.recipe];
floors.protocol = ['messages'];
floors.extension = ['protocol', 'messages'];

const onlyIn = (group, where, paths) => ({ group, where, paths });
/** Modules that one folder alone may import. */
const exclusive = [
  onlyIn(['vscode'], ['extension'], 'Only src/extension imports vscode.'),
  onlyIn(['protobufjs', 'protobufjs/*'], ['onnx'], 'Only src/onnx knows protobuf.'),
  onlyIn(['onnxruntime-node', 'onnxruntime-common'], ['runtime'], 'Only src/runtime imports onnxruntime-node.'),
];
const network = ['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns'].flatMap((name) => [name, `node:${name}`]);

const folders = Object.keys(floors);
const folderRules = folders.map((folder) => ({
  files: [`src/${folder}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...exclusive
            .filter(({ where }) => !where.includes(folder))
            .map(({ group, paths }) => ({ group, message: paths })),
          { group: network, message: 'Tare uses no network.' },
          ...(['compress', 'graph', 'tensor', 'messages', 'protocol'].includes(folder)
            ? [
                {
                  group: [
                    'fs',
                    'node:fs',
                    'fs/promises',
                    'node:fs/promises',
                    'child_process',
                    'node:child_process',
                    'worker_threads',
                    'node:worker_threads',
                  ],
                  message: 'This floor is pure: no files, no processes.',
                },
              ]
            : []),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'node_modules/', 'test/fixtures/', '*.config.*', '*.mjs'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { boundaries, 'import-x': importX },
    settings: {
      'import-x/resolver': { typescript: false, node: { extensions: ['.ts', '.tsx'] } },
      'boundaries/elements': [
        ...folders.map((folder) => ({ type: folder, pattern: `src/${folder}` })),
        { type: 'webview', pattern: 'webview' },
        { type: 'test', pattern: 'test' },
      ],
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Tare uses no network.' },
        'XMLHttpRequest',
        'WebSocket',
      ],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  ...folderRules,
  { files: ['src/cli/**', 'test/**'], rules: { 'no-console': 'off' } },
  { files: ['test/**'], rules: { 'no-restricted-globals': 'off' } },
);
