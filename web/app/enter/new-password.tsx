/** A field for a new password with a meter and advice. */
import { useEffect, useState } from 'react';
import { useSpeech } from '../i18n/index.ts';
import { PasswordField } from '../ui/field.tsx';
import { SHORTEST_PASSWORD, strengthOf } from './password-check.ts';
import type { Strength } from './strength.ts';
import { useEnterWords } from './words.ts';
import './new-password.css';

interface NewPasswordProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Words that make a password easy for who knows the person. */
  readonly own: readonly string[];
  readonly error: string | null;
}

export function NewPassword({ label, hint, value, onChange, own, error }: NewPasswordProps) {
  const strength = useStrength(value, own);
  const long = value.length >= SHORTEST_PASSWORD;
  return (
    <div className="new-password">
      <PasswordField
        label={label}
        hint={value === '' ? hint : null}
        value={value}
        onChange={onChange}
        autoComplete="new-password"
        required
        error={error}
      />
      {value !== '' && <Meter strength={strength} long={long} />}
    </div>
  );
}

function Meter({ strength, long }: { strength: Strength | null; long: boolean }) {
  const { t } = useSpeech();
  const words = useEnterWords();
  // Too short is weak whatever the words are.
  const score = long ? (strength?.score ?? 0) : Math.min(1, strength?.score ?? 0);
  const advice = [
    long ? null : words.strength.tooShort,
    strength?.warning ? words.strength.warnings[strength.warning] : null,
    ...(score < 3
      ? (strength?.suggestions ?? []).slice(0, 1).map((key) => words.strength.suggestions[key])
      : []),
  ].filter((line) => line !== null);
  return (
    <div className="meter-box">
      <div className="meter" data-score={score} aria-hidden="true">
        {[0, 1, 2, 3].map((step) => (
          <span key={step} data-on={score > step || undefined} />
        ))}
      </div>
      <p className="quiet" role="status">
        <strong>{t.common.pair(words.strength.label, words.strength.levels[score] ?? '')}</strong>{' '}
        {advice.join(t.errors.joiner)}
      </p>
    </div>
  );
}

/** Null until the meter is loaded. */
function useStrength(password: string, own: readonly string[]): Strength | null {
  const [strength, setStrength] = useState<Strength | null>(null);
  const words = own.join('\n');
  useEffect(() => {
    if (password === '') return setStrength(null);
    let current = true;
    void strengthOf(password, words.split('\n')).then((measured) => {
      if (current) setStrength(measured);
    });
    return () => {
      current = false;
    };
  }, [password, words]);
  return strength;
}
