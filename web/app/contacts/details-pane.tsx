/** What stands beside a conversation, or over it on a phone: all about a friend or a group. Takes the focus and returns it. */
import { ArrowLeft, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useSpeech } from '../i18n/index.ts';
import { goBack } from '../route.ts';
import { IconButton } from '../ui/button.tsx';
import { useEscape } from '../ui/use-shortcut.ts';
import './details-pane.css';

interface DetailsPaneProps {
  /** Of the friend or the group. */
  readonly id: string;
  readonly title: string;
  readonly children: ReactNode;
}

export function DetailsPane({ id, title, children }: DetailsPaneProps) {
  const { t } = useSpeech();
  const pane = useRef<HTMLElement>(null);
  const close = () => goBack({ screen: 'chat', conversationId: id, side: 'none' });
  useEscape(close);
  useEffect(() => {
    const before = document.activeElement;
    if (!(before instanceof HTMLElement) || before === document.body) return undefined;
    pane.current?.focus({ preventScroll: true });
    return () => {
      // Gone with the pane, unless the person moved it elsewhere in the meantime.
      if (document.activeElement === document.body) before.focus();
    };
  }, []);
  return (
    <aside className="details" aria-label={title} ref={pane} tabIndex={-1}>
      <header className="pane-head">
        <IconButton
          className="only-narrow"
          label={t.common.back}
          icon={<ArrowLeft size={20} />}
          onClick={close}
        />
        <h2 className="spread">{title}</h2>
        <IconButton className="only-wide" label={t.common.close} icon={<X size={20} />} onClick={close} />
      </header>
      <div className="details-body">{children}</div>
    </aside>
  );
}
