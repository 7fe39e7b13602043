/** A map that tells when it was changed. */
export class WatchedMap<K, V> extends Map<K, V> {
  #changed: (() => void) | undefined;

  constructor(changed: () => void, entries: Iterable<readonly [K, V]>) {
    super();
    for (const [key, value] of entries) super.set(key, value);
    this.#changed = changed;
  }

  override set(key: K, value: V): this {
    super.set(key, value);
    this.#changed?.();
    return this;
  }

  override delete(key: K): boolean {
    const had = super.delete(key);
    if (had) this.#changed?.();
    return had;
  }

  override clear(): void {
    super.clear();
    this.#changed?.();
  }
}
