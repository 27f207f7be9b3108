/** The sentences of a conversation in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type ChatWords, chatEn } from './words-en.ts';
import { chatZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, ChatWords> = { en: chatEn, 'zh-CN': chatZhCN };

export const useChatWords = (): ChatWords => WORDS[useSpeech().language];
