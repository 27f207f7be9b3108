/** In the settings: one's history from other devices, and as a file, out and in. */
import { FileDown, FileUp, MonitorSmartphone } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { say } from '../ui/toasts.tsx';
import { OpenDialog } from './open-dialog.tsx';
import { SaveDialog } from './save-dialog.tsx';
import { useHistoryWords } from './words.ts';
import './history-section.css';

export function HistorySection({ me }: { me: Me }) {
  const words = useHistoryWords();
  const { history } = useMessenger();
  return (
    <>
      {me.kind === 'account' && <FetchRow />}
      {history.available ? <FileRows me={me} /> : <p className="quiet">{words.insecure}</p>}
    </>
  );
}

function FetchRow() {
  const words = useHistoryWords();
  const { history } = useMessenger();
  const fetchAll = () => {
    history.fetchAll();
    say({ text: words.move.started });
  };
  return (
    <Row
      icon={<MonitorSmartphone size={20} aria-hidden="true" />}
      name={words.move.name}
      text={words.move.text}
    >
      <Button onClick={fetchAll}>{words.move.action}</Button>
    </Row>
  );
}

function FileRows({ me }: { me: Me }) {
  const words = useHistoryWords();
  const [shown, setShown] = useState<'save' | 'open' | null>(null);
  const close = () => setShown(null);
  return (
    <>
      <Row icon={<FileDown size={20} aria-hidden="true" />} name={words.save.name} text={words.save.text}>
        <Button onClick={() => setShown('save')}>{words.save.action}</Button>
      </Row>
      <Row icon={<FileUp size={20} aria-hidden="true" />} name={words.open.name} text={words.open.text}>
        <Button onClick={() => setShown('open')}>{words.open.action}</Button>
      </Row>
      {shown === 'save' && <SaveDialog me={me} onClose={close} />}
      {shown === 'open' && <OpenDialog onClose={close} />}
    </>
  );
}

interface RowProps {
  readonly icon: ReactNode;
  readonly name: string;
  readonly text: string;
  readonly children: ReactNode;
}

function Row({ icon, name, text, children }: RowProps) {
  return (
    <div className="history-row">
      {icon}
      <div className="history-row-body">
        <p className="history-name">{name}</p>
        <p className="quiet">{text}</p>
        {children}
      </div>
    </div>
  );
}
