/** Language and appearance; both apply at once. */
import { useId } from 'react';
import type { Preferences } from '../../core/model.ts';
import { LANGUAGES } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { useValue } from '../use-value.ts';
import { useSettingsWords } from './words.ts';

export function LookSection() {
  const words = useSettingsWords();
  const messenger = useMessenger();
  const { language, theme } = useValue(messenger.preferences);
  const languages = [
    ['auto', words.languageAuto],
    ...LANGUAGES.map(({ id, name }) => [id, name] as const),
  ] as const;
  const themes = [
    ['system', words.themeSystem],
    ['light', words.themeLight],
    ['dark', words.themeDark],
  ] as const;
  return (
    <>
      <Choice<Preferences['language']>
        label={words.language}
        value={language}
        options={languages}
        onChange={(value) => messenger.setPreferences({ language: value })}
      />
      <Choice<Preferences['theme']>
        label={words.theme}
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
