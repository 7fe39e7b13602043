import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { measureExactInt8Sums } from '../../../src/runtime/exactInt8Sums.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import { runnerPath } from '../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

/** Whether the processor has the instructions, as the system tells; undefined where it does not. */
function hasExactInstructions(): boolean | undefined {
  if (process.arch === 'arm64') return true;
  if (process.platform !== 'linux') return undefined;
  return /^flags\s*:.*\b(avx512_vnni|avx_vnni|amx_int8)\b/m.test(readFileSync('/proc/cpuinfo', 'latin1'));
}

describe('sums of uint8 x int8 products', () => {
  it('are exact where the processor has the instructions for it', async () => {
    const exact = await measureExactInt8Sums(runtime);
    expect(exact).toBe(hasExactInstructions() ?? exact);
  });

  it('are exact everywhere with precise quantization', async () => {
    expect(await measureExactInt8Sums(runtime, { preciseQuantization: true })).toBe(true);
  });
});
