/** In the settings: one's history as a file, out and in. */
import { FileDown, FileUp } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { OpenDialog } from './open-dialog.tsx';
import { SaveDialog } from './save-dialog.tsx';
import { useHistoryWords } from './words.ts';
import './history-section.css';

export function HistorySection({ me }: { me: Me }) {
  const words = useHistoryWords();
  const { history } = useMessenger();
  const [shown, setShown] = useState<'save' | 'open' | null>(null);
  const close = () => setShown(null);
  if (!history.available) return <p className="quiet">{words.insecure}</p>;
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
