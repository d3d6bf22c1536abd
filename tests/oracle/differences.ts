// Where rpty must differ from a kernel pty, and why. What is listed and does not differ fails the suite.

/** Reasons by family and case. */
export const DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
