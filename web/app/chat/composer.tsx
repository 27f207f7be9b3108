/** Where a message is written: several lines, emoji, files; Enter sends, except where a touch keyboard needs it. */
import { Check, Paperclip, Pencil, Reply, SendHorizontal, X } from 'lucide-react';
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react';
import type { Message } from '../../core/model.ts';
import type { Value } from '../../core/value.ts';
import { useSpeech } from '../i18n/index.ts';
import { IconButton } from '../ui/button.tsx';
import { useValue } from '../use-value.ts';
import { EmojiButton } from './emoji-button.tsx';
import type { Mentionable } from './mentions.ts';
import { lineOf, usePartner } from './partner.ts';
import { useMentions } from './use-mentions.tsx';
import { pointsByFinger } from '../ui/touch.ts';
import { useChatWords } from './words.ts';
import './composer.css';

export interface ComposerHandle {
  focus(): void;
}

export interface About {
  readonly how: 'reply' | 'edit';
  readonly message: Message;
}

interface ComposerProps {
  readonly ref: Ref<ComposerHandle>;
  /** Who can be mentioned. */
  readonly people: readonly Mentionable[];
  readonly draft: Value<string>;
  readonly onDraft: (text: string) => void;
  /** What the text will be: an answer to this message, or its new text. */
  readonly about: About | null;
  readonly onCancel: () => void;
  /** Asked for in an empty field. */
  readonly onEditLast: () => void;
  readonly onSend: (text: string) => void;
  /** Null where no files can be sent. */
  readonly onFiles: ((files: readonly File[]) => void) | null;
}

/** As core enforces it; shown here before the person tries. */
const LONGEST = 16_000;

export function Composer(props: ComposerProps) {
  const { ref, people, draft, onDraft, about, onCancel, onEditLast, onSend, onFiles } = props;
  const words = useChatWords();
  const { name } = usePartner();
  const text = useValue(draft);
  const area = useGrowingArea(text);
  const mentions = useMentions(area, text, onDraft, people);
  const excess = text.length - LONGEST;
  const sendable = text.trim() !== '' && excess <= 0;
  const editing = about?.how === 'edit';

  useImperativeHandle(ref, () => ({ focus: () => area.current?.focus() }), [area]);
  useEffect(() => {
    const field = area.current;
    if (editing) field?.setSelectionRange(field.value.length, field.value.length);
  }, [area, editing, about]);
  useEffect(() => {
    // On a phone the keyboard would cover the conversation before anything was read.
    if (!pointsByFinger()) area.current?.focus();
  }, [area]);

  const send = () => {
    if (sendable) onSend(text);
    if (document.activeElement !== area.current) area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter chooses a word (229 is how Safari says the same).
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (mentions.onKeyDown(event)) return;
    if (event.key === 'Escape' && about !== null) {
      event.stopPropagation();
      return onCancel();
    }
    if (event.key === 'ArrowUp' && text === '' && about === null && !hasModifier(event)) {
      event.preventDefault();
      return onEditLast();
    }
    if (event.key !== 'Enter' || event.shiftKey || pointsByFinger()) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0 || onFiles === null) return;
    event.preventDefault();
    onFiles(files);
  };
  const insert = (emoji: string) => {
    const field = area.current;
    if (field === null) return;
    const { selectionStart, selectionEnd } = field;
    onDraft(text.slice(0, selectionStart) + emoji + text.slice(selectionEnd));
    const caret = selectionStart + emoji.length;
    requestAnimationFrame(() => field.setSelectionRange(caret, caret));
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {mentions.list}
      {about !== null && <AboutBar about={about} onCancel={onCancel} />}
      <div className="composer-row">
        <EmojiButton onPick={insert} onClosed={() => area.current?.focus()} />
        {onFiles !== null && <Attach disabled={editing} onFiles={onFiles} />}
        <textarea
          ref={area}
          className="composer-input"
          rows={1}
          dir="auto"
          enterKeyHint={pointsByFinger() ? 'enter' : 'send'}
          aria-label={editing ? words.editField : words.compose(name)}
          aria-invalid={excess > 0 || undefined}
          placeholder={words.placeholder}
          value={text}
          onChange={(event) => onDraft(event.target.value)}
          onSelect={mentions.onSelect}
          onBlur={mentions.onBlur}
          {...mentions.field}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <IconButton
          type="submit"
          look="primary"
          label={editing ? words.saveEdit : words.send}
          icon={editing ? <Check size={18} /> : <SendHorizontal size={18} />}
          disabled={!sendable}
          // The field keeps the focus, so a touch keyboard stays open.
          onPointerDown={(event) => event.preventDefault()}
        />
      </div>
      {excess > 0 && (
        <p className="composer-excess" role="alert">
          {words.tooLong(excess)}
        </p>
      )}
    </form>
  );
}

interface AttachProps {
  readonly disabled: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

function Attach({ disabled, onFiles }: AttachProps) {
  const words = useChatWords();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton
        label={words.attach}
        icon={<Paperclip size={20} />}
        disabled={disabled}
        onClick={() => picker.current?.click()}
      />
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}

interface AboutBarProps {
  readonly about: About;
  readonly onCancel: () => void;
}

function AboutBar({ about: { how, message }, onCancel }: AboutBarProps) {
  const speech = useSpeech();
  const words = useChatWords();
  const partner = usePartner();
  const [Sign, title, cancel] =
    how === 'edit'
      ? [Pencil, words.editing, words.cancelEdit]
      : [
          Reply,
          message.author === 'me' ? words.replyToSelf : words.replyTo(partner.nameOf(message.author)),
          words.cancelReply,
        ];
  return (
    <div className="about-bar">
      <Sign size={16} aria-hidden="true" />
      <div className="spread">
        <p className="about-title">{title}</p>
        <p className="clip quiet">
          <bdi>{lineOf(message, partner, speech)}</bdi>
        </p>
      </div>
      <IconButton label={cancel} icon={<X size={16} />} onClick={onCancel} />
    </div>
  );
}

const hasModifier = ({ shiftKey, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean =>
  shiftKey || ctrlKey || altKey || metaKey;

/** As tall as its text; the style sheet sets the most. */
function useGrowingArea(text: string): RefObject<HTMLTextAreaElement | null> {
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const field = area.current;
    // Where the style sheet can do it, no measuring is needed.
    if (field === null || CSS.supports('field-sizing', 'content')) return;
    field.style.height = 'auto';
    // The border is outside of what scrollHeight counts.
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  }, [text]);
  return area;
}
