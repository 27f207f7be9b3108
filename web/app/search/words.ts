/** The sentences of the search in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type SearchWords, searchEn } from './words-en.ts';
import { searchZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, SearchWords> = { en: searchEn, 'zh-CN': searchZhCN };

export const useSearchWords = (): SearchWords => WORDS[useSpeech().language];
