import type { JSX } from 'preact';
import type { SentenceId } from '../../src/messages/catalog.js';
import type { LayerRow } from '../../src/protocol/engineService.js';
import { ActivationsTab } from './activationsTab.js';
import { CodesTab } from './codesTab.js';
import { ChannelsTab } from './channelsTab.js';
import { WeightsTab } from './weightsTab.js';

/** A side of a layer. It stays where it is from layer to layer: a layer that has nothing to show there says so. */
export interface DetailTab {
  /** Kept in the page's state. */
  readonly name: string;
  readonly title: SentenceId;
  Content(props: { readonly row: LayerRow }): JSX.Element | null;
}

/** The tabs of the detail, from left to right. */
export const detailTabs: readonly DetailTab[] = [
  { name: 'weights', title: 'page.detail.weights', Content: WeightsTab },
  { name: 'activations', title: 'page.detail.activations', Content: ActivationsTab },
  { name: 'codes', title: 'page.detail.codes', Content: CodesTab },
  { name: 'channels', title: 'page.detail.channels.tab', Content: ChannelsTab },
];
