export const extensionSentences = {} as const;
