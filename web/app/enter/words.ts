/** The sentences of the door and about passwords in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type EnterWords, enterEn } from './words-en.ts';
import { enterZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, EnterWords> = { en: enterEn, 'zh-CN': enterZhCN };

export const useEnterWords = (): EnterWords => WORDS[useSpeech().language];
