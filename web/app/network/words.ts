/** The sentences about the way to a friend in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type PathWords, pathEn } from './words-en.ts';
import { pathZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, PathWords> = { en: pathEn, 'zh-CN': pathZhCN };

export const usePathWords = (): PathWords => WORDS[useSpeech().language];
