export const pageSentences = {
  'page.overview': 'Overview',
  'page.layers': 'Layers',
} as const;
