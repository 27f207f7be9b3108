/** One line of input with its label, hint and error, joined for screen readers. */
import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, type ReactNode, useId, useState } from 'react';
import { useSpeech } from '../i18n/index.ts';
import { IconButton } from './button.tsx';
import './field.css';

interface FieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value'> {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  /** Stands at the end of the line, within the frame. */
  readonly end?: ReactNode;
}

export function Field({ label, value, onChange, hint, error, end, ...rest }: FieldProps) {
  const id = useId();
  const wrong = error !== undefined && error !== null;
  return (
    <div className="field">
      <label htmlFor={id} className="field-label">
        {label}
      </label>
      <div className="field-frame" data-wrong={wrong || undefined}>
        <input
          {...rest}
          id={id}
          className="field-input"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={wrong || undefined}
          aria-describedby={`${id}-help`}
          dir={rest.dir ?? 'auto'}
        />
        {end}
      </div>
      <div id={`${id}-help`} className="field-help" data-wrong={wrong || undefined}>
        {wrong ? <span role="alert">{error}</span> : hint}
      </div>
    </div>
  );
}

export function PasswordField(props: Omit<FieldProps, 'type' | 'end'>) {
  const { t } = useSpeech();
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      dir="ltr"
      type={shown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      end={
        <IconButton
          label={shown ? t.common.hidePassword : t.common.showPassword}
          icon={shown ? <EyeOff size={18} /> : <Eye size={18} />}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        />
      }
    />
  );
}
