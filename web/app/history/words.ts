/** The sentences about history in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type HistoryWords, historyEn } from './words-en.ts';
import { historyZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, HistoryWords> = { en: historyEn, 'zh-CN': historyZhCN };

export const useHistoryWords = (): HistoryWords => WORDS[useSpeech().language];
