/** The server shows another membership here than to somebody else: nothing is sent until that is settled, or the person decides. */
import { ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import type { Group } from '../../core/model.ts';
import { usePartner } from '../chat/partner.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { useAction } from '../ui/use-action.ts';
import { useGroupWords } from './words.ts';

export function MembershipDoubt({ group }: { group: Group }) {
  const { doubt: words } = useGroupWords();
  const { groups } = useMessenger();
  const { nameOf, meId } = usePartner();
  const [asking, setAsking] = useState(false);
  const { busy, run } = useAction();
  if (group.doubt === null || group.myRole === null) return null;
  const { memberId, kind } = group.doubt;
  const isOwn = memberId === meId;
  const who = isOwn ? words.otherDevice : nameOf(`@${memberId}`);
  return (
    <div className="group-changed" role="alert">
      <ShieldAlert size={20} aria-hidden="true" />
      <div className="spread">
        <p>
          <strong>{words.title(who)}</strong>
        </p>
        <p>{isOwn ? words.ownText[kind] : words.text[kind](who)}</p>
      </div>
      <Button busy={busy} onClick={() => void run(() => groups.recheck(group.id))}>
        {words.again}
      </Button>
      <Button onClick={() => setAsking(true)}>{words.overrule}</Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={words.sureTitle}
        text={words.sureText(who)}
        action={words.overrule}
        onConfirm={() => groups.overrule(group.id)}
      />
    </div>
  );
}
