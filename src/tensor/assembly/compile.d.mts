import type { Plugin } from 'esbuild';

export const sources: readonly string[];
export function compileKernels(): Promise<Uint8Array>;
export const kernelsPlugin: Plugin;
export const kernelsVitePlugin: {
  name: string;
  enforce: 'pre';
  resolveId(id: string): string | undefined;
  load(id: string): Promise<string | undefined>;
};
