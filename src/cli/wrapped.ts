/** The lines of a sentence that is broken between words to fit a terminal (100 columns where there is none). */
export function wrapped(text: string, indent: string, width = Math.min(process.stdout.columns ?? 100, 100)): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, indent + line];
}
