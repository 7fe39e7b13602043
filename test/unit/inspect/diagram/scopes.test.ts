import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutIntoBlocks } from '../../../../src/inspect/diagram/cuts.js';
import { scopeGroups } from '../../../../src/inspect/diagram/scopeGroups.js';
import { nameWithin, scopedName, scopeWithin } from '../../../../src/inspect/diagram/scopedName.js';
import { node } from '../../graph/builders.js';

const parts = (name: string, op = 'Conv', metadata?: Map<string, string>) => {
  const made = node(op, [], ['out'], {}, { name });
  made.metadata = metadata;
  const scoped = scopedName(made);
  return scoped.starts.map((start, i) => scoped.text.slice(start, scoped.ends[i]));
};

describe('the scopes of a name', () => {
  it.each([
    ['/encoder/layer.0/attention/MatMul', ['encoder', 'layer.0', 'attention', 'MatMul']],
    ['encoder/dense/BiasAdd', ['encoder', 'dense', 'BiasAdd']],
    ['encoder.dense.add', ['encoder', 'dense', 'add']],
    ['//a///b/', ['a', 'b']],
    ['Conv_12', ['Conv_12']],
    ['/', ['/']],
    ['p2o.Conv.3', ['p2o.Conv.3']],
  ])('of %s are found', (name, expected) => {
    expect(parts(name)).toEqual(expected);
  });

  it('are those of its first output where a node has no name', () => {
    expect(scopedName(node('Relu', [], ['', '/a/b/Relu_output_0'])).text).toBe('/a/b/Relu_output_0');
  });

  it('are the modules that an exporter keeps beside the node', () => {
    const metadata = new Map([['pkg.torch.onnx.name_scopes', "['', 'encoder', 'encoder.layers.0', \"linear\"]"]]);
    expect(parts('node_linear', 'Gemm', metadata)).toEqual(['encoder', 'layers.0', 'node_linear']);
  });

  it('leave a number the word before it', () => {
    const scoped = scopedName(node('Conv', [], [], {}, { name: '/encoder/0/conv/Conv' }));
    expect(scopeWithin(scoped, 1, 2)).toBe('encoder/0');
    expect(nameWithin(scoped, 2)).toBe('conv/Conv');
  });
});

describe('groups of scopes', () => {
  const groupsOf = (names: readonly string[]) => {
    const scoped = names.map((name) => scopedName(node('Op', [], [], {}, { name })));
    const { groups, groupOf, common } = scopeGroups(scoped);
    const nameOf = (group: number): string =>
      group < 0
        ? ''
        : `${nameOf(groups[group]!.parent)}[${scopeWithin(scoped[groupOf.findIndex((at) => within(at, group))]!, groups[group]!.around, groups[group]!.depth)}]`;
    const within = (at: number, group: number): boolean =>
      at === group || (at >= 0 && within(groups[at]!.parent, group));
    return { names: groupOf.map(nameOf), common };
  };

  it('stand for scopes whose nodes stand together', () => {
    expect(groupsOf(['a/x', 'a/y', 'a/z', 'b/x', 'b/y', 'b/z', 'c/x']).names).toEqual([
      '[a]',
      '[a]',
      '[a]',
      '[b]',
      '[b]',
      '[b]',
      '',
    ]);
  });

  it('are none for a module that is called all over', () => {
    const names = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? `act/Relu_${i}` : `conv/Conv_${i}`));
    expect(new Set(groupsOf(names).names)).toEqual(new Set(['']));
    // Nor for a scope inside it, which is scattered as much.
    expect(new Set(groupsOf(names.map((name) => name.replace('/', '/deep/'))).names)).toEqual(new Set(['']));
  });

  it('leave out what all names have in common, and join a scope with the only one inside it', () => {
    const { names, common } = groupsOf(['m/a/b/1x', 'm/a/b/2x', 'm/a/b/3x', 'm/c/x', 'm/c/y', 'm/c/z']);
    expect(common).toBe(1);
    expect(names).toEqual(['[a/b]', '[a/b]', '[a/b]', '[c]', '[c]', '[c]']);
  });

  it('come each after the group around it, for any names', () => {
    const name = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }).map((list) => list.join('/'));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 40 }), (names) => {
        const scoped = names.map((each) => scopedName(node('Op', [], [], {}, { name: each })));
        const { groups, groupOf } = scopeGroups(scoped);
        groups.forEach(({ parent, around, depth }, index) => {
          expect(parent).toBeLessThan(index);
          expect(around).toBeLessThan(depth);
          expect(groupOf.filter((at) => at === index).length).toBeLessThan(names.length + 1);
        });
        groupOf.forEach((at, index) => {
          if (at >= 0) expect(groups[at]!.depth).toBeLessThan(scoped[index]!.starts.length);
        });
      }),
    );
  });
});

describe('cutting into blocks', () => {
  const chain = (count: number) => Array.from({ length: count - 1 }, (_, i) => ({ value: i, from: i, to: i + 1 }));

  it('gives ends that rise to the last item, with blocks no longer than twice the length', () => {
    const crossing = fc.record({ value: fc.nat(20), from: fc.nat(99), to: fc.nat(99) });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(crossing, { maxLength: 60 }),
        fc.integer({ min: 1, max: 30 }),
        (count, crossings, length) => {
          const inside = crossings.filter(({ from, to }) => from < count && to < count);
          const ends = cutIntoBlocks(count, inside, length);
          expect(ends.at(-1)).toBe(count);
          ends.forEach((end, i) => {
            const size = end - (ends[i - 1] ?? 0);
            expect(size).toBeGreaterThan(0);
            expect(size).toBeLessThanOrEqual(length * 2);
          });
        },
      ),
    );
  });

  it('cuts a plain chain into equal blocks', () => {
    expect(cutIntoBlocks(100, chain(100), 25)).toEqual([25, 50, 75, 100]);
  });

  it('prefers a cut that one value crosses, and there one where the stream branches', () => {
    // Units of 6 items: the first is read by the second and by the sixth.
    const units = Array.from({ length: 10 }, (_, unit) => ({ value: unit * 6, from: unit * 6, to: unit * 6 + 5 }));
    const ends = cutIntoBlocks(60, [...chain(60), ...units], 20);
    expect(ends.slice(0, -1).every((end) => end % 6 === 0 || end % 6 === 1)).toBe(true);
    expect(ends.slice(0, -1).every((end) => end % 6 === 1)).toBe(true);
  });
});
