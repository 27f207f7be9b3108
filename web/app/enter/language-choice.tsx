/** Switches the language at once, before anyone has signed in. */
import { LANGUAGES, useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { useEnterWords } from './words.ts';

export function LanguageChoice() {
  const { language } = useSpeech();
  const words = useEnterWords();
  const messenger = useMessenger();
  return (
    <footer className="languages" role="group" aria-label={words.language}>
      {LANGUAGES.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          lang={id}
          className="text-button"
          aria-pressed={language === id}
          onClick={() => messenger.setPreferences({ language: id })}
        >
          {name}
        </button>
      ))}
    </footer>
  );
}
