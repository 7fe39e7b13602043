import { describe, expect, it } from 'vitest';
import { matchLayers, pickLayers } from '../../../src/compress/layerPatterns.js';
import { Graph } from '../../../src/graph/graph.js';
import { layersOf } from '../../../src/graph/layers.js';
import type { Model } from '../../../src/graph/model.js';
import { Node } from '../../../src/graph/node.js';

/** x -> first -> two branches -> join -> last; `aside` reads what `first` writes and leads nowhere. */
function branched(): Model {
  const node = (name: string, opType: string, inputs: string[], output: string) =>
    new Node({ name, opType, inputs, outputs: [output] });
  return {
    irVersion: 8,
    opsets: new Map([['', 13]]),
    metadata: new Map(),
    functions: [],
    graph: new Graph({
      inputs: [{ name: 'x' }],
      outputs: [{ name: 'y' }, { name: 'z' }],
      nodes: [
        node('/conv1/Conv', 'Conv', ['x'], 'a'),
        node('/branch/Relu', 'Relu', ['a'], 'b'),
        node('/branch.1/Sigmoid', 'Sigmoid', ['a'], 'c'),
        node('join*', 'Add', ['b', 'c'], 'd'),
        node('/conv2/Conv', 'Conv', ['d'], 'y'),
        node('aside', 'Softmax', ['a'], 'z'),
      ],
    }),
  };
}

const layers = layersOf(branched());
const picked = (patterns: string) => [...pickLayers('exclude', patterns, layers).patternOf.keys()];
const matched = (pattern: string) => matchLayers('exclude', pattern, layers).map(({ name }) => name);

describe('pickLayers', () => {
  it('picks by name and by glob, in any mix', () => {
    expect(picked('/conv?/Conv')).toEqual(['/conv1/Conv', '/conv2/Conv']);
    expect(picked(' aside , */Relu')).toEqual(['aside', '/branch/Relu']);
    expect(picked('')).toEqual([]);
  });

  it('takes a point for a point, and a name with a star for itself', () => {
    expect(picked('/branch.*')).toEqual(['/branch.1/Sigmoid']);
    expect(picked('join*')).toEqual(['join*']);
  });

  it('tells which pattern picked a layer, the first, and what each pattern matched', () => {
    const { patternOf, matches } = pickLayers('exclude', '*Conv,/conv1/*', layers);
    expect(patternOf.get('/conv1/Conv')).toBe('*Conv');
    expect([...matches]).toEqual([
      ['*Conv', ['/conv1/Conv', '/conv2/Conv']],
      ['/conv1/*', ['/conv1/Conv']],
    ]);
  });

  it('refuses a pattern that picks nothing, and names the nearest layer', () => {
    expect(() => picked('/Conv1/conv')).toThrow(
      expect.objectContaining({
        code: 'compress.no-such-layer',
        params: expect.objectContaining({ nearest: '/conv1/Conv' }),
      }),
    );
  });
});

describe('matchLayers', () => {
  it('picks by operator, also by a glob of operators', () => {
    expect(matched('op:Conv')).toEqual(['/conv1/Conv', '/conv2/Conv']);
    expect(matched('op:S*')).toEqual(['/branch.1/Sigmoid', 'aside']);
    expect(() => matched('op:Softmaxx')).toThrow(
      expect.objectContaining({
        code: 'compress.no-such-operator',
        params: expect.objectContaining({ nearest: 'Softmax' }),
      }),
    );
  });

  it('picks all layers on a path, both ends included, and nothing beside', () => {
    expect(matched('/conv1/Conv..join*')).toEqual(['/conv1/Conv', '/branch/Relu', '/branch.1/Sigmoid', 'join*']);
    expect(matched('/branch/Relu../conv2/Conv')).toEqual(['/branch/Relu', 'join*', '/conv2/Conv']);
    expect(matched('aside..aside')).toEqual(['aside']);
  });

  it('refuses a region without a path, and ends that are no layers', () => {
    expect(() => matched('/conv2/Conv../conv1/Conv')).toThrow(expect.objectContaining({ code: 'compress.no-path' }));
    expect(() => matched('/conv1/Conv..joint')).toThrow(
      expect.objectContaining({
        code: 'compress.no-such-layer',
        params: expect.objectContaining({ pattern: 'joint' }),
      }),
    );
  });
});
