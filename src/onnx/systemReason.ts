/** What the system said, without its code, call and paths: `ENOSPC: no space left on device, write` → `no space left on device`. */
export function systemReason(message: string): string {
  return /^E[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
