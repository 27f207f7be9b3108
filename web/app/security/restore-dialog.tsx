/** The card that unlocks this device, over the page. It goes when the device is unlocked. */
import type { Me } from '../../../signaling/protocol/http.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Restore, type RestoreWays } from './restore.tsx';
import { useSecurityWords } from './words.ts';

interface RestoreDialogProps {
  readonly me: Me;
  readonly ways: RestoreWays;
  readonly onClose: () => void;
}

export function RestoreDialog({ me, ways, onClose }: RestoreDialogProps) {
  const words = useSecurityWords();
  return (
    <Dialog open onClose={onClose} title={words.restore.title}>
      <Restore me={me} ways={ways} onElsewhere={onClose} />
    </Dialog>
  );
}
