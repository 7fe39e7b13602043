import { describe, expect, it } from 'vitest';
import { secondsLeft } from '../../../webview/state/timeLeft.js';

describe('the time that a job still takes', () => {
  const job = { since: 1000, sinceFraction: 0.2 };

  it('follows the pace since it was first heard of', () => {
    expect(secondsLeft(job, 0.6, 5000)).toBeCloseTo(4);
    expect(secondsLeft({ since: 0, sinceFraction: 0 }, 0.25, 10_000)).toBeCloseTo(30);
  });

  it('is not told before it can be known', () => {
    expect(secondsLeft(job, null, 5000)).toBeNull();
    expect(secondsLeft(job, 0.21, 9000)).toBeNull();
    expect(secondsLeft(job, 0.6, 1500)).toBeNull();
  });
});
