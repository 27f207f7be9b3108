/** What the server says to the leading tab, handed to whom it is for. */
import type { Me } from '../../signaling/protocol/http.ts';
import type { ServerMessage } from '../../signaling/protocol/socket.ts';
import { bytesOfBase64 } from './base64.ts';
import type { Address } from './crypto/address.ts';
import type { News } from './crypto/engine-model.ts';
import type { LeaderCrypto } from './leader-crypto.ts';
import type { LeaderGroups } from './leader-groups.ts';
import type { LeaderPeople } from './leader-people.ts';
import type { Mailbox } from './mail/mailbox.ts';
import type { Clock } from './platform.ts';
import type { Siblings } from './siblings.ts';
import type { LiveState } from './tabs/bus.ts';

interface Needs {
  /** This device. */
  readonly me: Address;
  readonly clock: Clock;
  readonly live: () => LiveState;
  readonly publish: (change: Partial<LiveState>) => void;
  readonly people: LeaderPeople;
  readonly groups: Pick<LeaderGroups, 'welcome' | 'changed' | 'memberDevices'>;
  readonly siblings: Pick<Siblings, 'setDevices' | 'whenReady'>;
  readonly mailbox: Pick<Mailbox, 'connected' | 'take'>;
  readonly crypto: Pick<LeaderCrypto, 'take' | 'takeSignal'>;
  /** `anew`: at the beginning of a connection. */
  readonly takeKeys: (news: News, anew: boolean) => void;
  /** The browser's session is another one than this tab thought. */
  readonly onOtherSession: (me: Me) => void;
  readonly onWelcome: () => void;
}

export function createServerHearing(needs: Needs): (message: ServerMessage) => void {
  const { me, publish, people, groups, siblings, mailbox, crypto, takeKeys } = needs;

  function welcome(message: Extract<ServerMessage, { type: 'welcome' }>): void {
    const { me: known } = needs.live();
    if (message.me.id !== known.id || message.me.deviceId !== known.deviceId) {
      needs.onOtherSession(message.me);
      return;
    }
    publish({ me: message.me, clockOffset: message.serverTime - needs.clock.now() });
    mailbox.connected();
    people.takeList(message);
    siblings.setDevices([]);
    groups.welcome(message);
    needs.onWelcome();
    takeKeys({ counts: message.keys.own, versions: message.keys.versions }, true);
  }

  function takeSignal({ from, linkId, body }: Extract<ServerMessage, { type: 'signal' }>): void {
    const take = (): void => crypto.takeSignal(from, linkId, body);
    if (from.userId === me.userId) siblings.whenReady(take);
    else take();
  }

  return (message) => {
    switch (message.type) {
      case 'welcome':
        welcome(message);
        return;
      case 'presence':
        people.takePresence(message);
        return;
      case 'list-change':
        people.takeChange(message);
        return;
      case 'me':
        publish({ me: message.me });
        return;
      case 'group-changed':
        groups.changed(message.group);
        return;
      case 'member-devices':
        groups.memberDevices(message.people);
        return;
      case 'signal':
        takeSignal(message);
        return;
      case 'own-devices':
        siblings.setDevices(message.deviceIds);
        return;
      case 'relay': {
        const bytes = bytesOfBase64(message.body);
        if (bytes) crypto.take(message.from, bytes, 'relay');
        return;
      }
      case 'mail-page':
        mailbox.take(message);
        return;
      case 'keys-changed':
        takeKeys({ versions: { [message.userId]: message.version } }, false);
        return;
      case 'key-counts':
        takeKeys({ counts: { oneTimeKeys: message.oneTimeKeys, fallbackUsed: message.fallbackUsed } }, false);
    }
  };
}
