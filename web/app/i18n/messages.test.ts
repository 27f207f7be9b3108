import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../signaling/protocol/errors.ts';
import { callEn } from '../call/words-en.ts';
import { callZhCN } from '../call/words-zh-cn.ts';
import { chatEn } from '../chat/words-en.ts';
import { chatZhCN } from '../chat/words-zh-cn.ts';
import { contactEn } from '../contacts/words-en.ts';
import { contactZhCN } from '../contacts/words-zh-cn.ts';
import { enterEn } from '../enter/words-en.ts';
import { enterZhCN } from '../enter/words-zh-cn.ts';
import { fileEn } from '../files/words-en.ts';
import { fileZhCN } from '../files/words-zh-cn.ts';
import { groupEn } from '../groups/words-en.ts';
import { groupZhCN } from '../groups/words-zh-cn.ts';
import { pathEn } from '../network/words-en.ts';
import { pathZhCN } from '../network/words-zh-cn.ts';
import { searchEn } from '../search/words-en.ts';
import { searchZhCN } from '../search/words-zh-cn.ts';
import { securityEn } from '../security/words-en.ts';
import { securityZhCN } from '../security/words-zh-cn.ts';
import { settingsEn } from '../settings/words-en.ts';
import { settingsZhCN } from '../settings/words-zh-cn.ts';
import { en } from './en.ts';
import { failureText } from './failure.ts';
import { chooseLanguage, createSpeech } from './index.ts';
import { zhCN } from './zh-cn.ts';

type Leaf = string | ((...args: never[]) => string);

function leaves(node: object, path = ''): [string, Leaf][] {
  return Object.entries(node).flatMap(([key, value]): [string, Leaf][] =>
    typeof value === 'object' && value !== null
      ? leaves(value, `${path}${key}.`)
      : [[`${path}${key}`, value as Leaf]],
  );
}

/** What a sentence says when every gap is filled with something neutral. */
const spoken = (leaf: Leaf): string =>
  typeof leaf === 'function' ? (leaf as (...args: unknown[]) => string)(7, 'X') : leaf;

/** What is loaded only with the screens that show it. */
const ELSEWHERE = {
  en: {
    door: enterEn,
    contacts: contactEn,
    searching: searchEn,
    conversation: chatEn,
    calls: callEn,
    files: fileEn,
    way: pathEn,
    groups: groupEn,
    settings: settingsEn,
    security: securityEn,
  },
  zhCN: {
    door: enterZhCN,
    contacts: contactZhCN,
    searching: searchZhCN,
    conversation: chatZhCN,
    calls: callZhCN,
    files: fileZhCN,
    way: pathZhCN,
    groups: groupZhCN,
    settings: settingsZhCN,
    security: securityZhCN,
  },
};

describe('both languages', () => {
  const english = new Map(leaves({ ...en, ...ELSEWHERE.en }));
  const chinese = new Map(leaves({ ...zhCN, ...ELSEWHERE.zhCN }));

  it('say the same things', () => {
    expect([...chinese.keys()]).toEqual([...english.keys()]);
  });

  it('leave nothing unsaid', () => {
    // Chinese needs no space between two sentences.
    const empty = [...english, ...chinese].filter(
      ([key, leaf]) => spoken(leaf) === '' && key !== 'errors.joiner',
    );
    expect(empty).toEqual([]);
  });

  it('leave nothing untranslated but names', () => {
    const same = [...chinese].filter(([key, leaf]) => spoken(leaf) === spoken(english.get(key) ?? ''));
    expect(same.map(([key]) => key).filter((key) => !NAMES.includes(key))).toEqual([]);
  });

  it('writes Chinese with its own punctuation, and a space beside Latin words', () => {
    const wrong = [...chinese]
      .filter(([key]) => !NAMES.includes(key))
      .map(([key, leaf]) => [key, spoken(leaf).replace(/[\u2066-\u2069]/g, '')])
      .filter(([, text = '']) =>
        /\p{Script=Han}[,;:!?]|[,;:!?]\p{Script=Han}|\p{Script=Han}[A-Za-z]|[A-Za-z]\p{Script=Han}/u.test(
          text,
        ),
      );
    expect(wrong).toEqual([]);
  });

  it('have a sentence for every failure that the server can answer with', () => {
    for (const language of ['en', 'zh-CN'] as const) {
      const { t, format } = createSpeech(language, []);
      for (const code of ERROR_CODES) expect(failureText({ code }, t, format).length).toBeGreaterThan(4);
      const waiting = failureText({ code: 'rate-limited', retryAfter: 30 }, t, format);
      expect(waiting).toContain('30');
    }
  });
});

/** The same in any language: keys, product, protocol names and numbers. */
const NAMES = ['way.families.IPv4', 'way.families.IPv6', 'notices.title', 'settings.version'];

describe('the language', () => {
  it.each([
    ['auto', ['zh-TW', 'en'], 'zh-CN'],
    ['auto', ['fr', 'en-GB'], 'en'],
    ['auto', ['fr'], 'en'],
    ['auto', [], 'en'],
    ['en', ['zh-CN'], 'en'],
  ] as const)('chosen %s with %j is %s', (chosen, browser, language) => {
    expect(chooseLanguage(chosen, browser)).toBe(language);
  });
});

describe('components', () => {
  const app = fileURLToPath(new URL('..', import.meta.url));
  const files = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.tsx'),
  );

  it('show no words of their own', () => {
    expect(files.length).toBeGreaterThan(20);
    const found = files.flatMap((file) =>
      literals(readFileSync(`${app}/${file}`, 'utf8')).map((text) => `${file}: ${text}`),
    );
    expect(found).toEqual([]);
  });

  it('would be caught if they did', () => {
    expect(literals('<p className="x">Hello there</p>')).toEqual(['Hello there']);
    expect(literals('<input placeholder="Your name" />')).toEqual(['Your name']);
    expect(literals('<b>你好</b>')).toEqual(['你好']);
    expect(literals('<b>{t.common.save}</b>')).toEqual([]);
  });
});

/** Text between tags, and attributes that people read. */
function literals(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const between = [...code.matchAll(/<\/?[A-Za-z][^<>{}]*>\s*([^<>{}()=;]*\p{L}[^<>{}()=;]*?)\s*<\//gu)];
  const attributes = [
    ...code.matchAll(/\s(?:aria-label|title|placeholder|alt|label|hint)="([^"]*\p{L}[^"]*)"/gu),
  ];
  return [...between, ...attributes].map((match) => match[1] ?? '');
}
