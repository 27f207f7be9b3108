/** The sentences about files in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type FileWords, fileEn } from './words-en.ts';
import { fileZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, FileWords> = { en: fileEn, 'zh-CN': fileZhCN };

export const useFileWords = (): FileWords => WORDS[useSpeech().language];
