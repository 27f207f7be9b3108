/** The sentences about adding and keeping friends in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type ContactWords, contactEn } from './words-en.ts';
import { contactZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, ContactWords> = { en: contactEn, 'zh-CN': contactZhCN };

export const useContactWords = (): ContactWords => WORDS[useSpeech().language];
