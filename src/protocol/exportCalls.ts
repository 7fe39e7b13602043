/** What can be saved to a file. Types only. */
import type { NodeMetric } from '../inspect/export/nodeData.js';
import type { ComparedQuery, LayerQuery, ModelHandle } from './engineService.js';
import type { Call } from './rpc.js';

export type ExportRequest =
  /** The table of layers, as it is sorted and filtered. */
  | { readonly what: 'layers'; readonly format: 'csv' | 'json'; readonly query: LayerQuery }
  /** All that is known of the model: the document of `tare inspect --json`, or a page that opens anywhere. */
  | { readonly what: 'inspection'; readonly format: 'json' | 'html' }
  /** Node data for Model Explorer, of one metric: the bytes of weights where none is named. */
  | { readonly what: 'nodeData'; readonly metric?: NodeMetric }
  /** A tensor as it is stored; a quantized one also as the real numbers it stands for. */
  | { readonly what: 'tensor'; readonly layer: number; readonly weight: string; readonly real: boolean }
  | { readonly what: 'histogram'; readonly format: 'csv' | 'json'; readonly layer: number; readonly weight: string }
  | {
      readonly what: 'comparison';
      readonly format: 'csv' | 'json';
      readonly a: string;
      readonly b: string;
      readonly query: ComparedQuery;
    };

export interface ExportCalls {
  /** Writes the file, replacing what is there; it is complete or not there at all. */
  exportTo: Call<{ model: ModelHandle; request: ExportRequest; path: string }, { readonly bytes: number }>;
}

/** The page's side: the extension asks for the file's name. */
export interface ExportHostCalls {
  /** The path; null where the person changed their mind. */
  exportFile: Call<{ request: ExportRequest }, string | null>;
  /** Saves what a page has drawn. */
  saveFile: Call<{ name: string; data: string | Uint8Array }, string | null>;
}
