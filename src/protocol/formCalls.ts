/** What the form of a compression shows before anything is run. Types only. */
import type { CompressionPreview, PreviewRequest } from '../recipe/preview.js';
import type { ModelHandle } from './engineService.js';
import type { Call } from './rpc.js';

export type { CompressionPreview, PreviewedReason } from '../recipe/preview.js';

export interface FormCalls {
  /** Does a compression with these options have to be given data? */
  needsData: Call<PreviewRequest, boolean>;
  /** Rejects with the failure that the compression would end in. */
  previewCompression: Call<PreviewRequest & { readonly model: ModelHandle }, CompressionPreview>;
}
