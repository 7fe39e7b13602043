import { describe, expect, it } from 'vitest';
import type { Step } from '../../../../webview/graph/walk.js';
import { beginning, firstInside, holderOf, walk } from '../../../../webview/graph/walk.js';
import { sampleScene, smallScene } from './sampleScene.js';

const scene = smallScene();
const id = (at: number): string => scene.items[at]!.id;
const go = (from: string, step: Step): string => id(walk(scene, scene.positionOf.get(from)!, step));

describe('walking the graph', () => {
  it('begins at the top', () => {
    expect(id(beginning(scene))).toBe('in');
    expect(beginning(sampleScene([]))).toBe(-1);
  });

  it('follows the edges, into what is expanded and out of it', () => {
    expect(go('in', 'next')).toBe('conv');
    expect(['left', 'right']).toContain(go('conv', 'next'));
    expect(go('left', 'next')).toBe('head');
    expect(go('right', 'previous')).toBe('conv');
    expect(go('out', 'next')).toBe('out');
    expect(go('in', 'previous')).toBe('in');
  });

  it('goes to what stands beside, and stays where nothing does', () => {
    expect(go('left', 'right')).toBe('right');
    expect(go('right', 'left')).toBe('left');
    expect(go('right', 'right')).toBe('right');
  });

  it('passes a holder that no edge ends at', () => {
    expect(go('block', 'next')).toBe('head');
    expect(go('block', 'previous')).toBe('conv');
  });

  it('goes in and out of what holds others', () => {
    const block = scene.positionOf.get('block')!;
    expect(id(firstInside(scene, block))).toBe('left');
    expect(id(holderOf(scene, scene.positionOf.get('left')!))).toBe('block');
    expect(id(holderOf(scene, block))).toBe('block');
    expect(id(firstInside(scene, 0))).toBe('in');
  });
});
