/** Applies the chosen theme and language to the document, and leaves a note for the next start (public/first-look.js). */
import { useEffect, useMemo } from 'react';
import type { Preferences } from '../core/model.ts';
import { chooseLanguage, createSpeech, type Speech } from './i18n/index.ts';

export function useLook({ theme, language }: Preferences): Speech {
  const speech = useMemo(
    () => createSpeech(chooseLanguage(language, navigator.languages), navigator.languages),
    [language],
  );
  useEffect(() => {
    const root = document.documentElement;
    root.lang = speech.language;
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
    // The bar of the system around an installed page follows.
    const colour = getComputedStyle(document.body).backgroundColor;
    for (const meta of document.querySelectorAll('meta[name=theme-color]'))
      meta.setAttribute('content', colour);
    try {
      localStorage.setItem(
        'holler-look',
        JSON.stringify({ theme, language: language === 'auto' ? null : language }),
      );
    } catch {
      // Without local storage the next start may flash; nothing else depends on it.
    }
  }, [theme, language, speech]);
  return speech;
}
