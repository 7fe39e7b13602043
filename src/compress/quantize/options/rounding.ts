/** How the integers of weights are chosen. */
export const roundingOptions = {};
