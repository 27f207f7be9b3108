/** What stands in a field, and what of it is meant: while an input method composes, half words are not. */
import { type ChangeEvent, type CompositionEvent, useState } from 'react';

export interface Typed {
  readonly text: string;
  readonly query: string;
  readonly clear: () => void;
  readonly onChange: (event: ChangeEvent<HTMLInputElement>) => void;
  readonly onCompositionEnd: (event: CompositionEvent<HTMLInputElement>) => void;
}

export function useTyped(): Typed {
  const [text, setText] = useState('');
  const [query, setQuery] = useState('');
  return {
    text,
    query,
    clear: () => {
      setText('');
      setQuery('');
    },
    onChange: ({ target, nativeEvent }) => {
      setText(target.value);
      if (!(nativeEvent instanceof InputEvent && nativeEvent.isComposing)) setQuery(target.value);
    },
    onCompositionEnd: ({ currentTarget }) => setQuery(currentTarget.value),
  };
}
