/** What makes the float model fit for fewer bits before, or mends it behind. */
export const conditioningOptions = {};
