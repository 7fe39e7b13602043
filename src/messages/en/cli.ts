export const cliSentences = {} as const;
