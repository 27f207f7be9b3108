/** One member of a group: who, what they are in it, and a menu of what one may do. */
import { Crown, EllipsisVertical, MessageCircle, ShieldMinus, ShieldPlus, UserMinus } from 'lucide-react';
import { useState } from 'react';
import type { Group, GroupMember, Result, Trust } from '../../core/model.ts';
import { usePartner } from '../chat/partner.ts';
import { useContacts } from '../contacts/people.ts';
import { useMessenger } from '../messenger-context.ts';
import { openChat } from '../route.ts';
import { TrustMark } from '../security/trust-mark.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { MenuButton } from '../ui/menu-button.tsx';
import type { MenuEntry } from '../ui/menu-popup.tsx';
import { useSayFailure } from '../ui/toasts.tsx';
import { actionsOn, type MemberAction } from './roles.ts';
import { useGroupWords } from './words.ts';

interface MemberRowProps {
  readonly group: Group;
  readonly member: GroupMember;
  readonly trust: Trust | undefined;
}

const ICONS = { admin: ShieldPlus, member: ShieldMinus, 'hand-over': Crown, remove: UserMinus };

export function MemberRow({ group, member, trust }: MemberRowProps) {
  const { details: words } = useGroupWords();
  const { nameOf, meId } = usePartner();
  const friend = useContacts().get(member.id);
  const { busy, asking, ask, close, run } = useMemberActions(group, member);
  const name = nameOf(`@${member.id}`);
  const labels: Record<MemberAction, string> = {
    admin: words.makeAdmin,
    member: words.makeMember,
    'hand-over': words.handOver,
    remove: words.remove,
  };
  const entries: MenuEntry[] =
    member.id === meId
      ? []
      : actionsOn(group.myRole, member.role).map((action) => {
          const Icon = ICONS[action];
          return {
            label: labels[action],
            icon: <Icon size={16} />,
            run: () => ask(action),
            danger: action === 'remove',
            movesFocus: action !== 'member',
          };
        });
  if (friend !== undefined) {
    const icon = <MessageCircle size={16} />;
    entries.unshift({ label: words.write, icon, run: () => openChat(member.id), movesFocus: true });
  }
  return (
    <li className="group-member">
      <Avatar
        id={member.id}
        name={member.id === meId ? member.displayName : name}
        size="small"
        {...(friend === undefined ? {} : { presence: friend.presence.state })}
      />
      <span className="spread group-member-name">
        <bdi className="clip">{name}</bdi>
        <TrustMark trust={trust} />
      </span>
      {member.role !== 'member' && <span className="tag">{words.role[member.role]}</span>}
      {entries.length > 0 && (
        <MenuButton label={words.menu(name)} icon={<EllipsisVertical size={18} />} entries={entries} />
      )}
      {asking !== null && <Sure action={asking} name={name} busy={busy} onClose={close} onSure={run} />}
    </li>
  );
}

/** Taking away an admin's rights is undone as easily; everything else is asked for once more. */
function useMemberActions({ id }: Group, member: GroupMember) {
  const { groups } = useMessenger();
  const sayFailure = useSayFailure();
  const [asking, setAsking] = useState<MemberAction | null>(null);
  const [busy, setBusy] = useState(false);
  const perform = async (action: MemberAction): Promise<Result> => {
    if (action === 'remove') return groups.remove(id, member.id);
    if (action === 'hand-over') return groups.handOver(id, member.id);
    return groups.setRole(id, member.id, action);
  };
  const run = async (action: MemberAction) => {
    setBusy(true);
    const result = await perform(action);
    setBusy(false);
    setAsking(null);
    if (!result.ok) sayFailure(result.failure);
  };
  const ask = (action: MemberAction) => {
    if (action === 'member') void run(action);
    else setAsking(action);
  };
  return { asking, busy, ask, close: () => setAsking(null), run: (action: MemberAction) => void run(action) };
}

interface SureProps {
  readonly action: MemberAction;
  readonly name: string;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onSure: (action: MemberAction) => void;
}

function Sure({ action, name, busy, onClose, onSure }: SureProps) {
  const { sure: words, details } = useGroupWords();
  const [title, text, label] =
    action === 'remove'
      ? [words.removeTitle(name), words.removeText, details.remove]
      : action === 'hand-over'
        ? [words.handTitle(name), words.handText, details.handOver]
        : [words.adminTitle(name), words.adminText, details.makeAdmin];
  return (
    <Confirm
      open
      onClose={onClose}
      title={title}
      text={text}
      action={label}
      mild={action === 'admin'}
      busy={busy}
      onConfirm={() => onSure(action)}
    />
  );
}
