const levels = ' ▁▂▃▄▅▆▇█';

/** A histogram in one line of block characters, gathered to `width` bars; a bar that counts anything shows. */
export function sparkline(counts: ArrayLike<number>, width: number): string {
  const bars = new Array<number>(Math.min(width, counts.length)).fill(0);
  for (let i = 0; i < counts.length; i++) bars[Math.floor((i * bars.length) / counts.length)]! += counts[i]!;
  const most = Math.max(...bars);
  return bars.map((bar) => levels[bar === 0 ? 0 : Math.max(1, Math.round((bar / most) * 8))]).join('');
}
