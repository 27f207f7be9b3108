/**
 * Stands where the composer was, while a friend has another identity than before, or one that the proof of their invite
 * link speaks against: nothing is sent until one decides.
 */
import { ShieldAlert } from 'lucide-react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import { nameOf } from '../contacts/people.ts';
import { CompareButton } from './compare-button.tsx';
import { ContinueAnyway } from './continue-anyway.tsx';
import { useTrust } from './use-trust.ts';
import { useSecurityWords } from './words.ts';
import './identity-changed.css';

export function IdentityChanged({ friend }: { friend: Contact }) {
  const words = useSecurityWords();
  const name = nameOf(friend);
  const says = words[useTrust(friend.id) === 'disproved' ? 'disproved' : 'changed'];
  return (
    <section className="identity-changed" aria-labelledby="identity-changed">
      <ShieldAlert size={24} aria-hidden="true" />
      <div className="identity-changed-body">
        <div role="alert">
          <h3 id="identity-changed">{says.title(name)}</h3>
          <p>{says.text(name)}</p>
        </div>
        <p className="quiet">
          {words.changed.advice(name)}{' '}
          {friend.presence.state === 'offline' && words.friend.mustBeOnline(name)}
        </p>
        <div className="identity-changed-actions">
          <CompareButton friend={friend} look="primary" />
          <ContinueAnyway id={friend.id} name={name} />
        </div>
      </div>
    </section>
  );
}
