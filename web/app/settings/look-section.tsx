/** Language and appearance; both apply at once. */
import { useId } from 'react';
import type { Preferences } from '../../core/model.ts';
import { LANGUAGES, useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { useValue } from '../use-value.ts';

export function LookSection() {
  const { t } = useSpeech();
  const messenger = useMessenger();
  const { language, theme } = useValue(messenger.preferences);
  const languages = [
    ['auto', t.settings.languageAuto],
    ...LANGUAGES.map(({ id, name }) => [id, name] as const),
  ] as const;
  const themes = [
    ['system', t.settings.themeSystem],
    ['light', t.settings.themeLight],
    ['dark', t.settings.themeDark],
  ] as const;
  return (
    <>
      <Choice<Preferences['language']>
        label={t.settings.language}
        value={language}
        options={languages}
        onChange={(value) => messenger.setPreferences({ language: value })}
      />
      <Choice<Preferences['theme']>
        label={t.settings.theme}
        value={theme}
        options={themes}
        onChange={(value) => messenger.setPreferences({ theme: value })}
      />
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend>{label}</legend>
      {options.map(([option, text]) => (
        <label key={option} className="choice-option">
          <input type="radio" name={name} checked={value === option} onChange={() => onChange(option)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
