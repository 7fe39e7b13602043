export const engineFailures = {
  internal: {
    message: 'Tare met an error of its own: {detail}',
    mend: 'Copy the diagnostics and report it.',
  },
  cancelled: {
    message: 'Cancelled.',
    mend: 'Run it again when you like.',
  },
  'engine.died': {
    message: 'The Tare engine ended unexpectedly ({detail}). It has been started again.',
    mend: 'Run it again.',
  },
} as const;

export const engineSentences = {
  'engine.stage.open': 'Opening',
} as const;
