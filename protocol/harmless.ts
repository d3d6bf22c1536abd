/**
 * Characters that a terminal obeys or does not show: controls, formats such as text direction, line ends, ignored
 * ones.
 */
const HARMFUL = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A text that a peer may have influenced, as one line of visible characters. All others are escaped. */
export function harmless(text: string): string {
  return text.replace(HARMFUL, (character) => {
    const code = (character.codePointAt(0) as number).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u{${code}}`;
  });
}
