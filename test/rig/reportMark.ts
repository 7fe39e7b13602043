/** Starts each line that a suite reports: the console of an extension host carries much else. */
export const reportMark = '│ ';
