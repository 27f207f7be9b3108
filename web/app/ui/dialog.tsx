/** A dialog with a title and a way out; from below on a phone, in the middle elsewhere. */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useSpeech } from '../i18n/index.ts';
import { Button, IconButton } from './button.tsx';
import { focusBack } from './focus-back.ts';
import './dialog.css';

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** A press outside does not close it. */
  readonly stays?: boolean;
  /** What has the focus afterwards, if it is not what had it before. */
  readonly returnTo?: () => HTMLElement | null;
  /** It is closed, and nothing of it moves any more. */
  readonly onClosed?: () => void;
  readonly children: ReactNode;
}

/** What is to be filled in; not the browser's own choice of a file, which a button stands for. */
const FIRST = 'input:not([readonly], [type=file]), [data-first]';

export function Dialog({ open, onClose, title, stays = false, returnTo, onClosed, children }: DialogProps) {
  const { t } = useSpeech();
  const popup = useRef<HTMLDivElement>(null);
  // What is to be filled in comes first; but a touch keyboard should not jump up unasked. Else the dialog as a whole,
  // which is read out, rather than the way out of it.
  const firstField = (how: string) =>
    (how === 'touch' ? null : popup.current?.querySelector<HTMLElement>(FIRST)) ?? popup.current;
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => !next && onClose()}
      onOpenChangeComplete={(opened) => {
        if (!opened) onClosed?.();
      }}
      disablePointerDismissal={stays}
    >
      <Base.Portal>
        <Base.Backdrop className="dialog-backdrop" />
        <Base.Viewport className="dialog-viewport">
          <Base.Popup
            className="dialog"
            ref={popup}
            initialFocus={firstField}
            {...(returnTo === undefined ? {} : { finalFocus: () => focusBack(returnTo()) })}
          >
            <header className="dialog-head">
              <Base.Title className="dialog-title">{title}</Base.Title>
              <Base.Close render={<IconButton label={t.common.close} icon={<X size={20} />} />} />
            </header>
            <div className="dialog-body">{children}</div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly onConfirm: () => void;
  readonly busy?: boolean;
  /** It can be taken back. */
  readonly mild?: boolean;
  readonly children?: ReactNode;
  /** What has the focus afterwards, if it is not what had it before. */
  readonly returnTo?: () => HTMLElement | null;
  /** It is closed, and nothing of it moves any more. */
  readonly onClosed?: () => void;
}

/** Asks before something that one may regret. */
export function Confirm({
  open,
  onClose,
  title,
  text,
  action,
  onConfirm,
  busy = false,
  mild = false,
  children,
  returnTo,
  onClosed,
}: ConfirmProps) {
  const { t } = useSpeech();
  return (
    <AlertDialog.Root
      open={open}
      onOpenChange={(next) => !next && onClose()}
      onOpenChangeComplete={(opened) => {
        if (!opened) onClosed?.();
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="dialog-backdrop" />
        <AlertDialog.Viewport className="dialog-viewport">
          <AlertDialog.Popup
            className="dialog dialog-confirm"
            {...(returnTo === undefined ? {} : { finalFocus: () => focusBack(returnTo()) })}
          >
            <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
            <AlertDialog.Description className="dialog-text">{text}</AlertDialog.Description>
            {children}
            <div className="dialog-actions">
              <Button onClick={onClose}>{t.common.cancel}</Button>
              <Button
                look={mild ? 'primary' : 'danger'}
                {...(mild ? {} : { className: 'button-sure' })}
                onClick={onConfirm}
                busy={busy}
              >
                {action}
              </Button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Viewport>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
