/** What a figure must reach, and whether it does. */

export interface Bar {
  readonly text: string;
  readonly met: boolean;
}

export function barLines(bars: readonly Bar[]): string {
  return bars.map(({ text, met }) => `${met ? 'met' : 'not met'}: ${text}`).join('\n');
}

/** At most so many points below float. */
export function lossBar(subject: string, lost: number, most: number): Bar {
  const where = lost > 0 ? `${lost.toFixed(2)} points below float` : 'not below float';
  return { text: `${subject}: ${where}, at most ${most}`, met: lost <= most + 1e-9 };
}
