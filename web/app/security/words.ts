/** The sentences about trust and keys in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type SecurityWords, securityEn } from './words-en.ts';
import { securityZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, SecurityWords> = { en: securityEn, 'zh-CN': securityZhCN };

export const useSecurityWords = (): SecurityWords => WORDS[useSpeech().language];
