/** Numbers in English sentences. */
const rules = new Intl.PluralRules('en');

export const digits = new Intl.NumberFormat('en');

/** "1 message", "1,234 messages". */
export const count = (n: number, one: string, other: string): string =>
  `${digits.format(n)} ${rules.select(n) === 'one' ? one : other}`;
