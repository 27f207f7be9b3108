/** In a friend's details: how sure one can be that it is really them, and the way to be surer. */
import { Shield, ShieldAlert, ShieldCheck } from 'lucide-react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import { nameOf } from '../contacts/people.ts';
import { ContinueAnyway } from './continue-anyway.tsx';
import { CompareButton } from './compare-button.tsx';
import { isStopped, useTrust } from './use-trust.ts';
import { useSecurityWords } from './words.ts';
import './friend-security.css';

const SIGNS = {
  unknown: Shield,
  'first-use': Shield,
  verified: ShieldCheck,
  changed: ShieldAlert,
  disproved: ShieldAlert,
};

export function FriendSecurity({ friend }: { friend: Contact }) {
  const words = useSecurityWords();
  const trust = useTrust(friend.id);
  const name = nameOf(friend);
  const Sign = SIGNS[trust];
  return (
    <section className="friend-security" data-trust={trust}>
      <h3 className="section-name">{words.friend.title}</h3>
      <p className="row friend-security-state">
        <Sign size={18} aria-hidden="true" />
        {words.friend.state[trust]}
      </p>
      <p>{words.friend.says[trust](name)}</p>
      {(trust === 'first-use' || isStopped(trust)) && (
        <>
          <div className="friend-security-actions">
            <CompareButton friend={friend} />
            {isStopped(trust) && <ContinueAnyway id={friend.id} name={name} />}
          </div>
          {friend.presence.state === 'offline' && <p className="quiet">{words.friend.mustBeOnline(name)}</p>}
        </>
      )}
    </section>
  );
}
