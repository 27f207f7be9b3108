/** Which language the page speaks, and the words and formats of it. */
import { createContext, use } from 'react';
import type { Preferences } from '../../core/model.ts';
import { en, type Messages } from './en.ts';
import { createFormat, type Format } from './format.ts';
import { zhCN } from './zh-cn.ts';

export type Language = 'en' | 'zh-CN';

export interface Speech {
  readonly language: Language;
  readonly t: Messages;
  readonly format: Format;
}

/** Each by its own name, as its readers look for it. */
export const LANGUAGES: readonly { readonly id: Language; readonly name: string }[] = [
  { id: 'en', name: 'English' },
  { id: 'zh-CN', name: '简体中文' },
];

const WORDS: Record<Language, Messages> = { en, 'zh-CN': zhCN };

/** The first of the browser's languages that we speak; English if none. */
export function chooseLanguage(chosen: Preferences['language'], browser: readonly string[]): Language {
  if (chosen !== 'auto') return chosen;
  for (const tag of browser) {
    const base = tag.toLowerCase().split('-')[0];
    if (base === 'zh') return 'zh-CN';
    if (base === 'en') return 'en';
  }
  return 'en';
}

/** English keeps the habits of the browser's region (a 24-hour clock in en-GB); Chinese is that of the words beside it. */
export function createSpeech(language: Language, browser: readonly string[]): Speech {
  const region = language === 'en' ? (browser.find((tag) => /^en\b/i.test(tag)) ?? language) : language;
  const t = WORDS[language];
  return { language, t, format: createFormat(region, t.chat) };
}

export const SpeechContext = createContext<Speech>(createSpeech('en', []));

export const useSpeech = (): Speech => use(SpeechContext);
