import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { packagedFiles, target, vsixPath } from '../rig/vsix.js';

const { everywhere, onnxruntime } = JSON.parse(readFileSync(join(__dirname, 'contents.json'), 'utf8')) as {
  everywhere: string[];
  onnxruntime: Record<string, string[]>;
};

function expected(platform: string): string[] {
  const binaries = onnxruntime[platform] ?? [];
  return [...everywhere, ...binaries.map((path) => `node_modules/onnxruntime-node/bin/napi-v6/${path}`)].sort();
}

function namesIn(archive: string): string[] {
  const names: string[] = [];
  unzipSync(readFileSync(archive), { filter: ({ name }) => names.push(name) < 0 });
  return names;
}

describe('the package', () => {
  it.each(Object.keys(onnxruntime))('for %s has the files of the committed list and no other', async (platform) => {
    expect(await packagedFiles(platform)).toEqual(expected(platform));
  });

  it('that was made has them too, and is at most 30 MB', () => {
    expect(statSync(vsixPath).size).toBeLessThanOrEqual(30 * 1024 * 1024);
    const files = namesIn(vsixPath)
      .filter((name) => name.startsWith('extension/'))
      .map((name) => name.slice('extension/'.length));
    // vsce gives three files names of its own.
    const renamed: Record<string, string> = {
      'README.md': 'readme.md',
      'CHANGELOG.md': 'changelog.md',
      LICENSE: 'LICENSE.txt',
    };
    expect(files.sort()).toEqual(
      expected(target)
        .map((name) => renamed[name] ?? name)
        .sort(),
    );
  });

  it('names every package whose code is in it', () => {
    const notices = new TextDecoder().decode(unzipSync(readFileSync(vsixPath))['extension/dist/ThirdPartyNotices.txt']);
    for (const name of ['preact', 'protobufjs', 'zod', '@vscode/webview-ui-toolkit', 'onnxruntime-node']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });
});
