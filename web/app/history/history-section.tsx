/** In the settings: one's history from other devices, sealed on the server, and as a file, out and in. */
import { FileDown, FileUp, MonitorSmartphone } from 'lucide-react';
import { useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import { useMessenger } from '../messenger-context.ts';
import { SettingRow } from '../settings/setting-row.tsx';
import { Button } from '../ui/button.tsx';
import { say } from '../ui/toasts.tsx';
import { OpenDialog } from './open-dialog.tsx';
import { SaveDialog } from './save-dialog.tsx';
import { SnapshotRow } from './snapshot-row.tsx';
import { useHistoryWords } from './words.ts';

export function HistorySection({ me }: { me: Me }) {
  const words = useHistoryWords();
  const { history } = useMessenger();
  return (
    <>
      {me.kind === 'account' && <FetchRow />}
      {me.kind === 'account' && history.available && <SnapshotRow />}
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
    <SettingRow icon={MonitorSmartphone} name={words.move.name} text={words.move.text}>
      <Button onClick={fetchAll}>{words.move.action}</Button>
    </SettingRow>
  );
}

function FileRows({ me }: { me: Me }) {
  const words = useHistoryWords();
  const [shown, setShown] = useState<'save' | 'open' | null>(null);
  const close = () => setShown(null);
  return (
    <>
      <SettingRow icon={FileDown} name={words.save.name} text={words.save.text}>
        <Button onClick={() => setShown('save')}>{words.save.action}</Button>
      </SettingRow>
      <SettingRow icon={FileUp} name={words.open.name} text={words.open.text}>
        <Button onClick={() => setShown('open')}>{words.open.action}</Button>
      </SettingRow>
      {shown === 'save' && <SaveDialog me={me} onClose={close} />}
      {shown === 'open' && <OpenDialog onClose={close} />}
    </>
  );
}
