import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as unknown;
const manifest = json('package.json') as {
  icon: string;
  activationEvents: string[];
  extensionKind: string[];
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string }[];
    menus: Record<string, { command: string; when: string }[]>;
    configuration: { properties: Record<string, { scope: string }> };
  };
};
const { commands, menus, configuration } = manifest.contributes;

describe('the manifest', () => {
  it('is written for the VS Code whose types it is checked against', () => {
    expect(manifest.engines.vscode).toBe(`^${manifest.devDependencies['@types/vscode']}`);
    expect(manifest.activationEvents).toEqual([]);
    expect(manifest.extensionKind).toEqual(['workspace']);
    expect(existsSync(manifest.icon)).toBe(true);
  });

  it('guards every setting that holds a path against workspaces that are not trusted', () => {
    const paths = Object.keys(configuration.properties).filter((name) => /folder|path|file$|metric/i.test(name));
    expect(paths).toEqual(['tare.dataFolders', 'tare.metric']);
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe('limited');
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toEqual(paths);
    for (const name of paths) expect(configuration.properties[name]!.scope).toBe('machine-overridable');
  });

  it('offers in menus only commands that it has, and none on other files than models', () => {
    const known = commands.map(({ command }) => command);
    for (const [menu, items] of Object.entries(menus)) {
      for (const { command, when } of items) {
        expect(known).toContain(command);
        expect({ menu, when }).toEqual({ menu, when: expect.stringMatching(/\\\.onnx\$\/i|tare\.model/) as string });
      }
    }
    expect(menus['explorer/context']!.map(({ command }) => command)).toEqual([
      'tare.inspect',
      'tare.compress',
      'tare.evaluate',
      'tare.compare',
    ]);
  });
});
