/** What float16 can hold (IEEE 754-2008, binary16). */
export const greatestHalf = 65504;
/** Below it the steps do not get smaller any more. */
export const leastNormalHalf = 2 ** -14;
/** The least number above zero, and the step of all below `leastNormalHalf`. */
export const leastHalf = 2 ** -24;

/**
 * Numbers whose root mean square is smaller lose more than one part in a thousand (60 dB) to the step near zero, whose
 * error is uniform: leastHalf / sqrt(12) * 1000. Normal halves lose about one in five thousand.
 */
export const leastRms = (leastHalf / Math.sqrt(12)) * 1000;
