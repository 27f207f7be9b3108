/** Draws the notices, lets them be dismissed and swiped away, and has screen readers hear of them. */
import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { useSpeech } from '../i18n/index.ts';
import { useValue } from '../use-value.ts';
import { IconButton } from './button.tsx';
import { said, type Said } from './toasts.tsx';
import './toasts.css';

const manager = Toast.createToastManager();
const SHOWN_MS = 6000;

function add({ key, text, action, stays = false, urgent = false }: Said): void {
  const run = () => {
    manager.close(key);
    action?.run();
  };
  manager.add({
    id: key,
    title: text,
    priority: urgent ? 'high' : 'low',
    timeout: stays ? 0 : SHOWN_MS,
    ...(action === undefined ? {} : { actionProps: { children: action.label, onClick: run } }),
  });
}

function Shown() {
  const { t } = useSpeech();
  const { toasts } = Toast.useToastManager();
  const waiting = useValue(said);
  useEffect(() => {
    if (waiting.length === 0) return;
    waiting.forEach(add);
    said.set([]);
  }, [waiting]);
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="toast" swipeDirection={['up', 'right', 'left']}>
      <Toast.Content className="toast-content">
        <Toast.Title className="toast-text" render={<p />} />
        {toast.actionProps !== undefined && <Toast.Action className="button button-quiet toast-action" />}
        <Toast.Close render={<IconButton label={t.common.close} icon={<X size={16} />} />} />
      </Toast.Content>
    </Toast.Root>
  ));
}

export function ToastView() {
  const { t } = useSpeech();
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="toasts" aria-label={t.notices.label}>
          <Shown />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
