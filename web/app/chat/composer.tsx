/** Where a message is written: several lines, emoji, files; Enter sends, except where a touch keyboard needs it. */
import { Paperclip, Reply, SendHorizontal, X } from 'lucide-react';
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
import { previewOf } from './preview.ts';
import './composer.css';

export interface ComposerHandle {
  focus(): void;
}

interface ComposerProps {
  readonly ref: Ref<ComposerHandle>;
  readonly friendName: string;
  readonly draft: Value<string>;
  readonly onDraft: (text: string) => void;
  readonly replyTo: Message | null;
  readonly onCancelReply: () => void;
  readonly onSend: (text: string) => void;
  readonly onFiles: (files: readonly File[]) => void;
}

/** As core enforces it; shown here before the person tries. */
const LONGEST = 16_000;

const hasTouchKeyboard = (): boolean => matchMedia('(pointer: coarse)').matches;

export function Composer(props: ComposerProps) {
  const { ref, friendName, draft, onDraft, replyTo, onCancelReply, onSend, onFiles } = props;
  const { t } = useSpeech();
  const text = useValue(draft);
  const area = useGrowingArea(text);
  const picker = useRef<HTMLInputElement>(null);
  const excess = text.length - LONGEST;
  const sendable = text.trim() !== '' && excess <= 0;

  useImperativeHandle(ref, () => ({ focus: () => area.current?.focus() }), [area]);
  useEffect(() => {
    // On a phone the keyboard would cover the conversation before anything was read.
    if (!hasTouchKeyboard()) area.current?.focus();
  }, [area]);

  const send = () => {
    if (sendable) onSend(text);
    if (document.activeElement !== area.current) area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter chooses a word (229 is how Safari says the same).
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape' && replyTo !== null) {
      event.stopPropagation();
      return onCancelReply();
    }
    if (event.key !== 'Enter' || event.shiftKey || hasTouchKeyboard()) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
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
      {replyTo !== null && <ReplyTo message={replyTo} friendName={friendName} onCancel={onCancelReply} />}
      <div className="composer-row">
        <EmojiButton onPick={insert} onClosed={() => area.current?.focus()} />
        <IconButton
          label={t.chat.attach}
          icon={<Paperclip size={20} />}
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
        <textarea
          ref={area}
          className="composer-input"
          rows={1}
          dir="auto"
          enterKeyHint={hasTouchKeyboard() ? 'enter' : 'send'}
          aria-label={t.chat.compose(friendName)}
          aria-invalid={excess > 0 || undefined}
          placeholder={t.chat.placeholder}
          value={text}
          onChange={(event) => onDraft(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <IconButton
          type="submit"
          look="primary"
          label={t.chat.send}
          icon={<SendHorizontal size={18} />}
          disabled={!sendable}
          // The field keeps the focus, so a touch keyboard stays open.
          onPointerDown={(event) => event.preventDefault()}
        />
      </div>
      {excess > 0 && (
        <p className="composer-excess" role="alert">
          {t.chat.tooLong(excess)}
        </p>
      )}
    </form>
  );
}

interface ReplyToProps {
  readonly message: Message;
  readonly friendName: string;
  readonly onCancel: () => void;
}

function ReplyTo({ message, friendName, onCancel }: ReplyToProps) {
  const { t } = useSpeech();
  return (
    <div className="reply-to">
      <Reply size={16} aria-hidden="true" />
      <div className="spread">
        <p className="reply-to-who">
          {message.author === 'me' ? t.chat.replyToSelf : t.chat.replyTo(friendName)}
        </p>
        <p className="clip quiet">
          <bdi>{previewOf(message, t)}</bdi>
        </p>
      </div>
      <IconButton label={t.chat.cancelReply} icon={<X size={16} />} onClick={onCancel} />
    </div>
  );
}

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
