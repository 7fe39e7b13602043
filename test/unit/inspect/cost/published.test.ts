import { describe, expect, it } from 'vitest';
import type { Model } from '../../../../src/graph/model.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { fixturePath, samplePath } from '../../models.js';
import { ImageNetwork, mobileNetV2, resNet, structureOf } from './models.js';

/** Parameters, multiply-accumulates and bit operations. */
const countsOf = (model: Model) => {
  const { parameters, macs, cost } = structureOf(model).card;
  return { parameters, macs, bitOperations: cost.bitOperations };
};

describe('parameters and multiply-accumulates', () => {
  it('are those of an inverted residual block (MobileNetV2, section 4: h w d t (d + k^2 + d2))', () => {
    const [size, d, d2, t, k] = [56, 24, 24, 6, 3];
    const net = new ImageNetwork(size);
    const entry = net.conv('image', 3, d, 1);
    const inner = net.relu(net.conv(net.relu(net.conv(entry, d, d * t, 1)), d * t, d * t, k, { group: d * t }));
    const out = net.add(entry, net.conv(inner, d * t, d2, 1));
    const { macs } = structureOf(net.model(out)).card;
    expect(macs).toBe(size * size * d * t * (d + k * k + d2) + size * size * 3 * d);
  });

  it('are those published for MobileNetV2: 300 M and 3.5 M (torchvision: 3,504,872 with its scales)', () => {
    const { macs, parameters } = countsOf(mobileNetV2());
    expect(macs).toBe(300_774_272);
    // torchvision counts scale and shift of each of the 17,056 normalized channels; folded, one bias is left.
    expect(parameters).toBe(3_504_872 - 17_056);
  });

  it('are those published for ResNet-18 and ResNet-50: 1.8 G and 11.7 M, 4.1 G and 25.6 M', () => {
    // torchvision: 11,689,512 and 25,557,032 parameters with 4,800 and 26,560 normalized channels; 1.814 and 4.089 GMACs.
    expect(countsOf(resNet(18))).toEqual({
      macs: 1_814_073_344,
      parameters: 11_689_512 - 4_800,
      bitOperations: 1_814_073_344 * 32 * 32,
    });
    expect(countsOf(resNet(50))).toMatchObject({ macs: 4_089_184_256, parameters: 25_557_032 - 26_560 });
  });

  it('are those of the Caffe LeNet-5 and of LeNet-300-100, also where a batch is fixed', async () => {
    const opened = await Promise.all([samplePath('lenet-5.onnx'), fixturePath('lenet-300-100.onnx')].map(openModel));
    try {
      const [five, dense] = opened.map(({ model }) => countsOf(model));
      expect(five).toEqual({ parameters: 431_080, macs: 2_293_000, bitOperations: 2_293_000 * 1024 });
      expect(dense).toEqual({ parameters: 266_610, macs: 266_200, bitOperations: 266_200 * 1024 });
      const sixteen = structureOf(opened[0]!.model, { image: [16, 1, 28, 28] }).card;
      expect(sixteen.macs).toBe(2_293_000);
      expect(sixteen.cost.activationBytes).toBe(structureOf(opened[0]!.model).card.cost.activationBytes);
    } finally {
      await Promise.all(opened.map((each) => each.close()));
    }
  });
});
