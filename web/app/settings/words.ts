/** The sentences of the settings in the person's language. */
import { type Language, useSpeech } from '../i18n/index.ts';
import { type SettingsWords, settingsEn } from './words-en.ts';
import { settingsZhCN } from './words-zh-cn.ts';

const WORDS: Record<Language, SettingsWords> = { en: settingsEn, 'zh-CN': settingsZhCN };

export const useSettingsWords = (): SettingsWords => WORDS[useSpeech().language];
