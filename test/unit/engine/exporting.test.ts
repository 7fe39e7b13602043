import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ComparedQuery, LayerQuery } from '../../../src/protocol/engineService.js';
import type { ExportRequest } from '../../../src/protocol/exportCalls.js';
import { fixturePath, ocrPath, samplePath } from '../models.js';
import { startEngine } from './engineProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

const heaviest: LayerQuery = { search: '', sortBy: 'bytes', descending: true, weightsOnly: true };
const allPairs: ComparedQuery = { search: '', sortBy: 'order', descending: false, changedOnly: false };
const lenet = samplePath('lenet-5.onnx');

async function exporter(path: string) {
  const engine = await startEngine();
  const { model } = await engine.call('open', { path });
  const folder = await temporaryFolder();
  return {
    folder,
    async export(request: ExportRequest): Promise<Buffer> {
      const target = join(folder, 'out');
      const { bytes } = await engine.call('exportTo', { model, request, path: target });
      const content = await readFile(target);
      expect(content.byteLength).toBe(bytes);
      expect(await readdir(folder)).toEqual(['out']);
      return content;
    },
    call: engine.call,
    model,
  };
}

describe('an engine that exports', () => {
  it('writes the table of layers as it is sorted and filtered, measured, in both forms', async () => {
    const engine = await exporter(lenet);
    const lines = String(await engine.export({ what: 'layers', format: 'csv', query: heaviest })).split('\r\n');
    expect(lines[0]).toMatch(/^index,layer,op,domain,outputShape,parameters,bytes,share,macs,/);
    expect(lines.slice(1).map((line) => line.split(',')[1])).toEqual([
      '/fc1/Gemm',
      '/conv2/Conv',
      '/fc2/Gemm',
      '/conv1/Conv',
      undefined,
    ]);
    const records = JSON.parse(String(await engine.export({ what: 'layers', format: 'json', query: heaviest })));
    const { rows } = await engine.call('layers', { model: engine.model, query: heaviest, start: 0, end: 9 });
    for (const [i, { index, card, share, summary }] of rows.entries()) {
      const { name, parameters, bytes, macs } = card;
      const { min, max, mean, std, zeros } = summary!;
      expect(records[i]).toMatchObject({
        index,
        layer: name,
        parameters,
        bytes,
        macs,
        share,
        min,
        max,
        mean,
        std,
        zeros,
      });
    }
  });

  it('writes a tensor and its histogram', async () => {
    const engine = await exporter(lenet);
    const { model } = engine;
    const npy = await engine.export({ what: 'tensor', layer: 0, weight: 'conv1.weight', real: false });
    expect(npy.toString('latin1', 0, 128)).toContain(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (20, 1, 5, 5), }",
    );
    expect(npy.byteLength).toBe(128 + 4 * 500);
    const text = String(await engine.export({ what: 'histogram', format: 'csv', layer: 0, weight: 'conv1.weight' }));
    const { histogram } = await engine.call('weight', { model, layer: 0, weight: 'conv1.weight' });
    const counts = text
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => Number(line.split(',')[2]));
    expect(counts).toEqual([...histogram.counts]);
  });

  it('writes the whole inspection, as the document of the command line and as a page', async () => {
    const engine = await exporter(ocrPath('ch_ppocr_mobile_v2.0_cls_infer.onnx'));
    const document = JSON.parse(String(await engine.export({ what: 'inspection', format: 'json' })));
    expect(Object.keys(document)).toEqual(['model', 'layers', 'findings', 'warnings']);
    const page = String(await engine.export({ what: 'inspection', format: 'html' }));
    expect(page).toMatch(/^<!DOCTYPE html>/);
    for (const { name } of document.layers) expect(page).toContain(`<td class="name">${name}</td>`);
    expect(page.match(/<li>/g)).toHaveLength(document.findings.length);
  });

  it('writes node data of a metric', async () => {
    const engine = await exporter(lenet);
    const data = JSON.parse(String(await engine.export({ what: 'nodeData', metric: 'macs' })));
    const [graph] = Object.values<{ results: Record<string, { value: number }> }>(data);
    expect(Object.values(graph!.results).reduce((sum, { value }) => sum + value, 0)).toBe(2_293_000);
  });

  it('writes the table of a comparison', async () => {
    const a = fixturePath('mobilenet-digits-bn.onnx');
    const b = fixturePath('mobilenet-digits.onnx');
    const engine = await exporter(b);
    const { layerCount } = await engine.call('compare', { a, b });
    const records = JSON.parse(
      String(await engine.export({ what: 'comparison', format: 'json', a, b, query: allPairs })),
    );
    expect(records).toHaveLength(layerCount);
    const { rows } = await engine.call('comparedLayers', { a, b, query: allPairs, start: 0, end: 9 });
    for (const [i, { pair }] of rows.entries()) {
      expect(records[i]).toMatchObject({ a: pair.a, b: pair.b, status: pair.status, bytesA: pair.bytes.a });
    }
  });

  it('never writes over the model, and names a weight that is not there', async () => {
    const engine = await exporter(lenet);
    const { model } = engine;
    const before = await readFile(lenet);
    await expect(
      engine.call('exportTo', { model, request: { what: 'inspection', format: 'html' }, path: lenet }),
    ).rejects.toMatchObject({ code: 'onnx.output-is-input' });
    expect((await readFile(lenet)).equals(before)).toBe(true);
    await expect(engine.export({ what: 'tensor', layer: 0, weight: 'conv9', real: false })).rejects.toMatchObject({
      code: 'engine.no-weight',
    });
    expect(await readdir(engine.folder)).toEqual([]);
  });
});
