import { describe, expect, it } from 'vitest';
import { excerptOf } from './excerpt.ts';
import { addText, emptySignature, mayHold } from './signature.ts';
import { fold, occurAll, runsOf, termsOf } from './terms.ts';

const words = (text: string) => [...runsOf(fold(text))].map((run) => run.text);
const finds = (query: string, text: string) => {
  const terms = termsOf(query);
  return terms.length > 0 && occurAll(fold(text), terms);
};
const marked = (query: string, text: string) =>
  excerptOf(text, termsOf(query))
    .map((part) => (part.found ? `[${part.text}]` : part.text))
    .join('');

const TEXTS = [
  '',
  ' \n\t ',
  '...',
  'See you at the Café, José!',
  '周六有空吗？想去看那个展览。',
  '我的iPhone手机坏了，iPhone 15 也坏了',
  'ＡＢＣ １２３ ｶﾞﾗｽ',
  'Ελλάδα ΟΔΟΣ οδός',
  'ÅNGSTRÖM Å ﬁnance Straße İstanbul',
  'दिल्ली में हिन्दी',
  'مُحَمَّد أحمد كتـــاب',
  '한국어 ㅋㅋㅋ 하ㅏ 각',
  'か゛が',
  '👍🏽 👨‍👩‍👧‍👦 🇨🇳 ❤️ 1️⃣ 𠮷野家 🦊',
  'https://photos.example.org/harbour_2026?set=dusk#top',
  'C++ costs $100, a+b=c',
  'a'.repeat(5_000),
  '\ud83d lone \udc4d halves',
  'สวัสดีครับ hello',
];

describe('folding', () => {
  it.each([
    ['José', 'jose'],
    ['ＡＢＣ１２３', 'abc123'],
    ['ﬁnance', 'finance'],
    ['STRASSE', 'strasse'],
    ['Straße', 'strasse'],
    ['İstanbul', 'istanbul'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['ｶﾞ', 'ガ'],
    ['e\u0301te\u0301', 'ete'],
    ['각', '각'],
    ['दिल्ली', 'दिल्ली'],
    ['soft\u00adhyphen zero\u200bwidth', 'softhyphen zerowidth'],
  ])('%s becomes %s', (text, folded) => expect(fold(text)).toBe(folded));

  it('keeps apart what only looks alike in Japanese', () => {
    expect(fold('か')).not.toBe(fold('が'));
  });

  it('leaves one line without separators', () => {
    for (const text of TEXTS) expect(fold(text)).not.toMatch(/[\n\r\u2028.,!?，。]/u);
  });
});

describe('runs', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['?! …', []],
    ['Hello, World-wide', ['hello', 'world', 'wide']],
    ['我的iPhone手机', ['我的', 'iphone', '手机']],
    ['https://a.example/b_c?d=1', ['https', 'a', 'example', 'b', 'c', 'd', '=', '1']],
    ['IMG_2026-10-04.jpg', ['img', '2026', '10', '04', 'jpg']],
    ['好👍ok', ['好👍', 'ok']],
    ['C++', ['c', '++']],
  ])('%s has %j', (text, expected) => expect(words(text)).toEqual(expected));
});

describe('a search', () => {
  it.each([
    ['jose', 'See you, José'],
    ['CAF', 'the café first'],
    ['览', '想去看那个展览。'],
    ['看那个', '想去看那个展览。'],
    ['展览 周六', '周六有空吗？想去看那个展览。'],
    ['iphone手机', '我的 iPhone 手机'],
    ['iPhone 手机', '我的iPhone手机'],
    ['１２３', 'number 123'],
    ['harbour', 'https://photos.example.org/harbour/2026'],
    ['👍', 'Fine 👍🏽'],
    ['𠮷', '𠮷野家'],
    ['c++', 'I like C++'],
    ['한국', '나는 한국어를'],
    ['strasse', 'Hauptstr. heißt jetzt STRASSE'],
    ['كتاب', 'كتـــاب'],
  ])('for %s finds %s', (query, text) => expect(finds(query, text)).toBe(true));

  it.each([
    ['art', 'a smart start'],
    ['art cart', 'art alone'],
    ['看览', '想去看那个展览。'],
    ['26', 'in 2026'],
    ['', 'anything'],
    ['?!', 'what?!'],
    ['か', 'が'],
  ])('for %s does not find %s', (query, text) => expect(finds(query, text)).toBe(false));

  it('finds a word behind others that merely end the same', () => {
    expect(finds('art', 'smart start, art')).toBe(true);
    expect(finds('n', '𠮷n')).toBe(true);
  });

  it('takes no more of what is typed than it can use', () => {
    expect(termsOf('x '.repeat(5_000))).toEqual([{ text: 'x', word: true }]);
    expect(termsOf(Array.from({ length: 99 }, (_, n) => `w${n}`).join(' ')).length).toBe(16);
    expect(termsOf('a'.repeat(5_000))[0]?.text.length).toBe(200);
  });
});

describe('a signature', () => {
  it('never denies what a text holds', () => {
    for (const text of TEXTS) {
      const signature = emptySignature();
      addText(signature, fold(text));
      for (const run of runsOf(fold(text))) {
        const characters = Array.from(run.text);
        for (let length = 1; length <= Math.min(12, characters.length); length += 1) {
          const from = run.word ? 0 : characters.length - length;
          const query = characters.slice(from, from + length).join('');
          expect(mayHold(signature, termsOf(query)), query).toBe(true);
        }
      }
    }
  });

  it('mostly denies what a block does not hold', () => {
    const signature = emptySignature();
    for (let n = 0; n < 1_200; n += 1)
      addText(signature, `word${n} ${String.fromCodePoint(0x4e00 + n * 2, 0x6e00 + n * 2)}`);
    const wrong = Array.from({ length: 1_000 }, (_, n) =>
      String.fromCodePoint(0x4e01 + n * 2, 0x6e01 + n * 2),
    ).filter((query) => mayHold(signature, termsOf(query)));
    expect(wrong.length).toBeLessThan(150);
  });
});

describe('an excerpt', () => {
  it.each([
    ['jose', 'See you, José!', 'See you, [José]!'],
    ['展览', '想去看那个展览。', '想去看那个[展览]。'],
    ['strasse', 'Die Straße', 'Die [Straße]'],
    ['ガ', 'ｶﾞﾗｽ', '[ｶﾞ]ﾗｽ'],
    ['fi', 'ﬁnance', '[ﬁ]nance'],
    ['a b', 'a b ab', '[a] [b] [a]b'],
    ['👍', 'ok 👍🏽', 'ok [👍]🏽'],
    ['x', 'nothing of it', 'nothing of it'],
    ['<b>', 'a <b> c', 'a [<b>] c'],
  ])('of %s in %s is %s', (query, text, expected) => expect(marked(query, text)).toBe(expected));

  it('begins near what is found, at a word, and ends in time', () => {
    const long = `${'one two three '.repeat(40)}needle ${'four five '.repeat(40)}`;
    const text = marked('needle', long);
    expect(text.startsWith('…')).toBe(true);
    expect(text).toMatch(/^…(?:one|two|three) .*\[needle\].*…$/);
    expect(text.length).toBeLessThan(180);
  });

  it('finds in a text what the search found in it', () => {
    for (const text of TEXTS) {
      for (const run of runsOf(fold(text))) {
        const parts = excerptOf(text, termsOf(run.text));
        expect(
          parts.some(({ found }) => found),
          `${run.text} in ${text}`,
        ).toBe(true);
        expect(parts.every((part) => part.text !== '')).toBe(true);
      }
    }
  });

  it('cuts no character in two', () => {
    const text = marked('x', `${'🦊'.repeat(100)}x${'🦊'.repeat(100)}`);
    expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
  });
});
