// Packages the extension for one platform: `node vsce.config.mjs [--target T]`; `--list` prints what would be inside.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import vsce from '@vscode/vsce';

/**
 * The binaries of onnxruntime for each platform. Left out: darwin's second copy of the library, and of Windows the shader
 * compilers (dxcompiler.dll, dxil.dll, 24 MB), which only its WebGPU provider loads; Tare runs models on the processor.
 * DirectML.dll, which onnxruntime.dll names among its imports, stays.
 */
const binaries = {
  'linux-x64': ['linux/x64/*'],
  'linux-arm64': ['linux/arm64/*'],
  'darwin-arm64': ['darwin/arm64/libonnxruntime.1.dylib', 'darwin/arm64/onnxruntime_binding.node'],
  'win32-x64': ['win32/x64/DirectML.dll', 'win32/x64/onnxruntime.dll', 'win32/x64/onnxruntime_binding.node'],
  'win32-arm64': ['win32/arm64/DirectML.dll', 'win32/arm64/onnxruntime.dll', 'win32/arm64/onnxruntime_binding.node'],
};
const largest = 30 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: `${process.platform}-${process.arch}` },
    list: { type: 'boolean', default: false },
  },
});
const target = values.target;
if (!(target in binaries)) {
  throw new Error(`onnxruntime-node has no binary for ${target}; targets: ${Object.keys(binaries).join(', ')}`);
}

await mkdir('out', { recursive: true });
const ignoreFile = `out/vscodeignore-${target}`;
await writeFile(
  ignoreFile,
  (await readFile('.vscodeignore', 'utf8')) +
    binaries[target].map((path) => `!node_modules/onnxruntime-node/bin/napi-v6/${path}\n`).join(''),
);

if (values.list) {
  const files = await vsce.listFiles({ ignoreFile });
  console.log(files.sort().join('\n'));
} else {
  const packagePath = `out/tare-${target}.vsix`;
  // Links in the README are relative: the package has no repository to point to.
  const links = { allowMissingRepository: true, rewriteRelativeLinks: false };
  await vsce.createVSIX({ target, ignoreFile, packagePath, ...links });
  const { size } = await stat(packagePath);
  console.log(`${packagePath}: ${(size / 1024 / 1024).toFixed(1)} MB`);
  if (size > largest) throw new Error(`A package may have ${largest / 1024 / 1024} MB at most.`);
}
