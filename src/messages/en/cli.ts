export const cliSentences = {
  'cli.stage.statistics': 'Measuring weights',
} as const;
