/** The sentences of calls in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type CallWords, callEn } from './words-en.ts';
import { callZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, CallWords> = { en: callEn, 'zh-CN': callZhCN };

export const useCallWords = (): CallWords => WORDS[useSpeech().language];
