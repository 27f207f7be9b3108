/** What stands for a person without a picture: a sign of the name and a hue that is always theirs. */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first letter, character or emoji of a name. */
export function initialOf(name: string): string {
  const first = graphemes.segment(name.trim())[Symbol.iterator]().next();
  return first.done === true ? '' : first.value.segment.toLocaleUpperCase();
}

/** One of twelve hues, spread over the circle. */
export function hueOf(id: string): number {
  let sum = 7;
  for (const sign of id) sum = (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9973;
  return (sum % 12) * 30 + 15;
}
