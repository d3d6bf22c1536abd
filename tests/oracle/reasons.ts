/** Why cases differ, by the case's name, by the family's name. A case whose reason is undefined must not differ. */
export type Reasons = Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;
