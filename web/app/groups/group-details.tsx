/** About one group: its name and picture, who is in it, the link into it, and the ways out of it. */
import { LogOut, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Group, Result } from '../../core/model.ts';
import type { Partner } from '../chat/partner.ts';
import { DetailsPane } from '../contacts/details-pane.tsx';
import { useMessenger } from '../messenger-context.ts';
import { GroupFace } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Failed } from '../ui/failed.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { Switch } from '../ui/switch.tsx';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { EditInfo } from './edit-info.tsx';
import { GroupLink } from './group-link.tsx';
import { Members } from './members.tsx';
import { useGroupWords } from './words.ts';

interface GroupDetailsProps {
  readonly group: Group;
  readonly partner: Partner;
}

export function GroupDetails({ group, partner }: GroupDetailsProps) {
  const { details: words } = useGroupWords();
  const leads = group.myRole === 'owner' || group.myRole === 'admin';
  return (
    <DetailsPane id={group.id} title={group.public ? words.titleRoom : words.title}>
      <Who group={group} name={partner.name} leads={leads} />
      {group.myRole === null ? (
        <div>
          <p>{words.gone}</p>
          <p className="quiet">{words.goneText}</p>
        </div>
      ) : (
        <>
          <Mute group={group} />
          <Members group={group} leads={leads} />
          {leads && !group.public && <GroupLink group={group} />}
          <Parting group={group} />
        </>
      )}
    </DetailsPane>
  );
}

interface WhoProps {
  readonly group: Group;
  readonly name: string;
  readonly leads: boolean;
}

function Who({ group, name, leads }: WhoProps) {
  const { details: words, info, head } = useGroupWords();
  const [editing, setEditing] = useState(false);
  return (
    <div className="details-who">
      <GroupFace group={group} size="large" />
      <bdi className="details-name">{name}</bdi>
      {group.public && <span className="tag">{words.room}</span>}
      {group.myRole !== null && <p className="quiet">{head.members(group.members.length)}</p>}
      {group.topic !== '' && <bdi className="details-status">{group.topic}</bdi>}
      {leads && (
        <Button look="quiet" icon={<Pencil size={16} />} onClick={() => setEditing(true)}>
          {group.public ? info.editRoom : info.edit}
        </Button>
      )}
      {editing && <EditInfo group={group} onClose={() => setEditing(false)} />}
    </div>
  );
}

function Mute({ group }: { group: Group }) {
  const { details: words } = useGroupWords();
  const { groups } = useMessenger();
  const sayFailure = useSayFailure();
  const mute = async (muted: boolean) => {
    const result = await groups.mute(group.id, muted);
    if (!result.ok) sayFailure(result.failure);
  };
  return (
    <Switch
      label={words.mute}
      hint={words.muteHint}
      checked={group.muted}
      onChange={(muted) => void mute(muted)}
    />
  );
}

function Parting({ group }: { group: Group }) {
  const { sure: words } = useGroupWords();
  const { groups } = useMessenger();
  const [asking, setAsking] = useState<'leave' | 'dissolve' | null>(null);
  const { busy, failure, run } = useAction();
  const owner = group.myRole === 'owner';
  const close = () => setAsking(null);
  const part = async (work: () => Promise<Result>, text: string) => {
    const parted = await run(work);
    close();
    if (parted) say({ text });
  };
  return (
    <div className="stack details-parting">
      {owner ? (
        <>
          <p className="quiet">{words.ownerLeaves}</p>
          <Button look="danger" icon={<Trash2 size={16} />} onClick={() => setAsking('dissolve')}>
            {words.dissolve}
          </Button>
        </>
      ) : (
        <Button look="danger" icon={<LogOut size={16} />} onClick={() => setAsking('leave')}>
          {words.leave}
        </Button>
      )}
      <Failed failure={failure} />
      <Confirm
        open={asking === 'leave'}
        onClose={close}
        title={words.leaveTitle}
        text={words.leaveText}
        action={words.leave}
        busy={busy}
        onConfirm={() => void part(() => groups.leave(group.id), words.left)}
      />
      <Confirm
        open={asking === 'dissolve'}
        onClose={close}
        title={words.dissolveTitle}
        text={words.dissolveText}
        action={words.dissolve}
        busy={busy}
        onConfirm={() => void part(() => groups.dissolve(group.id), words.dissolved)}
      />
    </div>
  );
}
