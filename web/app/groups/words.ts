/** The sentences about groups in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type GroupWords, groupEn } from './words-en.ts';
import { groupZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, GroupWords> = { en: groupEn, 'zh-CN': groupZhCN };

export const useGroupWords = (): GroupWords => WORDS[useSpeech().language];
