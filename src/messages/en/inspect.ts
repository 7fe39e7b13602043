export const inspectSentences = {
  'finding.constant': 'Every weight of {layer} is {value}.',
} as const;
