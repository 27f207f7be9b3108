/** The one link into a group: made, given away, renewed, ended. */
import { Link2, Link2Off, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { Group } from '../../core/model.ts';
import { ShareLink } from '../contacts/share-link.tsx';
import { useMessenger } from '../messenger-context.ts';
import { formatRoute } from '../route.ts';
import { Button } from '../ui/button.tsx';
import { Failed } from '../ui/failed.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { say } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { useGroupWords } from './words.ts';

export function GroupLink({ group }: { group: Group }) {
  const { link: words } = useGroupWords();
  const { groups } = useMessenger();
  const { busy, failure, run } = useAction();
  const [asking, setAsking] = useState(false);
  const make = () => run(() => groups.openLink(group.id));
  const end = async () => {
    const ended = await run(() => groups.closeLink(group.id));
    setAsking(false);
    if (ended) say({ text: words.ended });
  };
  return (
    <section className="stack group-link">
      <div>
        <h3 className="section-name">{words.title}</h3>
        <p className="quiet">{words.text}</p>
      </div>
      {group.link === null ? (
        <Button icon={<Link2 size={18} />} busy={busy} onClick={() => void make()}>
          {words.make}
        </Button>
      ) : (
        <>
          <ShareLink
            link={location.origin + formatRoute({ screen: 'join', code: group.link })}
            label={words.label}
            qrLabel={words.qr}
            hint={words.hint}
            shareText={words.share}
          />
          <div className="row group-link-ways">
            <Button look="quiet" icon={<RefreshCw size={16} />} busy={busy} onClick={() => void make()}>
              {words.renew}
            </Button>
            <Button look="danger" icon={<Link2Off size={16} />} onClick={() => setAsking(true)}>
              {words.end}
            </Button>
          </div>
        </>
      )}
      <Failed failure={failure} />
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={words.endTitle}
        text={words.endText}
        action={words.end}
        busy={busy}
        onConfirm={() => void end()}
      />
    </section>
  );
}
