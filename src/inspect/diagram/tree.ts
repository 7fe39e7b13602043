/** The hierarchy of a diagram: what holds what, and how values flow between what one item holds. */

/** As DiagramItemKind of the protocol, which this folder does not see; `root` is the model itself or a function's body. */
export type TreeItemKind = 'root' | 'node' | 'scope' | 'block' | 'body' | 'function' | 'input' | 'output';

/** Something that can be a rectangle. Of a local function's body there is one tree, shown at each of its calls. */
export interface TreeItem {
  readonly kind: TreeItemKind;
  /** Position of the layer in file order; -1 where it is not one. */
  readonly layer: number;
  readonly op: string;
  /** Without the scopes of its holders. */
  name: string;
  detail: string;
  parent: TreeItem | null;
  /** In the order of the dataflow. */
  children: TreeItem[];
  /** The root of the body of the function that is called here. */
  calls: TreeItem | null;
  /** Nodes inside, those of called functions too; 1 for a node. */
  nodes: number;
  /** Equal blocks in its chain. */
  repeats: number;
  /** Position in preorder over all trees: holders before what they hold. */
  number: number;
  /** How what it holds is connected; null where it holds nothing itself. */
  frame: Frame | null;
}

/** A value: what readers and makers of it have in common. Numbered over the whole model. */
export type ValueNumber = number;

/** An end inside a frame: a child, and the port of the child's own frame where the value goes on; -1 for none. */
export interface FrameEnd {
  readonly child: number;
  readonly port: number;
}

/** What an expanded item shows, apart from sizes: its children and the values among them, in from outside, and out. */
export interface Frame {
  readonly children: readonly TreeItem[];
  readonly links: readonly {
    readonly from: FrameEnd;
    readonly to: FrameEnd;
    readonly values: readonly ValueNumber[];
  }[];
  /** Where a value from outside is read. */
  readonly entries: readonly (readonly FrameEnd[])[];
  /** Where a value that is read outside is made: more than one where branches make it by turns. */
  readonly exits: readonly (readonly FrameEnd[])[];
  /** The same for frames of the same connections. */
  readonly shape: string;
}

export interface DiagramTree {
  readonly root: TreeItem;
  /** In preorder, by `number`; the trees of functions after the model's. */
  readonly items: readonly TreeItem[];
  /** The same, each after what it holds and after the body of the function that it calls. */
  readonly innerFirst: readonly TreeItem[];
  /** The item of each layer. */
  readonly layers: readonly TreeItem[];
  /** Nodes of the model, Constants left out, bodies included. */
  readonly nodes: number;
  /** What a value is called where an edge stands for it. */
  labelOf(value: ValueNumber): string;
}

export function newItem(init: Pick<TreeItem, 'kind'> & Partial<TreeItem>): TreeItem {
  return {
    layer: -1,
    op: '',
    name: '',
    detail: '',
    parent: null,
    children: [],
    calls: null,
    nodes: 0,
    repeats: 1,
    number: -1,
    frame: null,
    ...init,
  };
}

/** The root of what stands inside an item when it is expanded: itself, or the body of the function that it calls. */
export function bodyOf(item: TreeItem): TreeItem {
  return item.calls ?? item;
}

/** Items of trees in preorder. Deep nesting costs no stack. */
export function preorder(roots: readonly TreeItem[]): TreeItem[] {
  const found: TreeItem[] = [];
  const stack = [...roots].reverse();
  for (let item = stack.pop(); item; item = stack.pop()) {
    found.push(item);
    for (let i = item.children.length - 1; i >= 0; i--) stack.push(item.children[i]!);
  }
  return found;
}
