/**
 * Who is connected, how they show, and whose contact they are: all in memory, so that a message is authorised without
 * asking the database. Holds only people with a device connected.
 */
import type { ChosenPresence, Presence } from '../protocol/common.ts';
import { presenceOf } from './presence.ts';

export interface RosterEvents {
  /** Friends who are connected should see this. */
  presenceChanged(personId: string, presence: Presence, friendIds: ReadonlySet<string>): void;
  /** The last device of a person went; friends last saw them now, unless they were invisible. */
  left(personId: string, seen: boolean): void;
}

/** What the database knows of a person when their first device connects. */
export interface PersonFacts {
  readonly chosen: ChosenPresence;
  readonly shownStatusText: string;
  readonly lastSeen: number | null;
  readonly contactIds: Iterable<string>;
}

interface Online {
  readonly id: string;
  chosen: ChosenPresence;
  shownStatusText: string;
  lastSeen: number | null;
  readonly devices: Map<string, { idle: boolean }>;
  readonly contacts: Set<string>;
  /** Devices that closed a moment ago and may be back after a reload; null while there are none, which is nearly always. */
  leaving: Map<string, NodeJS.Timeout> | null;
  /** What friends were last told. */
  announced: string;
}

/** Ends and beginnings of contact that happen while a person's facts are being read. */
type Deltas = Map<string, boolean>;

/** A page that reloads is back by then, and its friends see nothing of it. */
const GRACE_MS = 2_000;
const ANSWERABLE_AT_MOST = 1_000;

export class PresenceRoster {
  private readonly people = new Map<string, Online>();
  private readonly joining = new Map<string, Set<Deltas>>();
  /** By device: whom it has signalled since it was last seen to go invisible. */
  private readonly reached = new Map<string, Set<string>>();

  constructor(
    private readonly now: () => number,
    private readonly events: RosterEvents,
  ) {}

  // --- Devices come and go -------------------------------------------------------------------------------------

  /** Reads the facts by `load`; changes of contacts meanwhile are not lost. Friends hear of it by `announce`. */
  async join<T>(
    personId: string,
    deviceId: string,
    load: () => Promise<{ facts: PersonFacts; more: T } | null>,
  ): Promise<T | null> {
    const deltas: Deltas = new Map();
    const waiting = this.joining.get(personId) ?? new Set();
    this.joining.set(personId, waiting.add(deltas));
    try {
      const loaded = await load();
      if (loaded === null) return null;
      const person = this.people.get(personId) ?? this.enter(personId, loaded.facts, deltas);
      stays(person, deviceId);
      person.devices.set(deviceId, { idle: false });
      return loaded.more;
    } finally {
      waiting.delete(deltas);
      if (waiting.size === 0) this.joining.delete(personId);
    }
  }

  private enter(personId: string, facts: PersonFacts, deltas: Deltas): Online {
    // A friend who is here brings the same text along: one of it is enough, in lists that hold most of the memory.
    const contacts = new Set(Array.from(facts.contactIds, (id) => this.people.get(id)?.id ?? id));
    for (const [id, isContact] of deltas) {
      if (isContact) contacts.add(id);
      else contacts.delete(id);
    }
    const { chosen, shownStatusText, lastSeen } = facts;
    const person: Online = {
      id: personId,
      chosen,
      shownStatusText,
      lastSeen,
      contacts,
      devices: new Map(),
      leaving: null,
      announced: '',
    };
    person.announced = JSON.stringify(presenceOf(person));
    this.people.set(personId, person);
    return person;
  }

  /** `mayReturn`: the socket was closed in good order, as by a reload, and not by a log-out or a dead line. */
  leave(personId: string, deviceId: string, mayReturn: boolean): void {
    const person = this.people.get(personId);
    if (person === undefined || !person.devices.has(deviceId)) return;
    stays(person, deviceId);
    if (!mayReturn) {
      this.drop(personId, person, deviceId);
      return;
    }
    const timer = setTimeout(() => this.drop(personId, person, deviceId), GRACE_MS);
    person.leaving ??= new Map();
    person.leaving.set(deviceId, timer.unref());
  }

  private drop(personId: string, person: Online, deviceId: string): void {
    stays(person, deviceId);
    person.devices.delete(deviceId);
    this.reached.delete(deviceId);
    const last = person.devices.size === 0;
    const seen = last && person.chosen !== 'invisible';
    if (seen) person.lastSeen = this.now();
    this.announce(personId);
    if (!last) return;
    this.people.delete(personId);
    this.events.left(personId, seen);
  }

  /** The person is gone for good. */
  forget(personId: string): void {
    const person = this.people.get(personId);
    if (person === undefined) return;
    for (const timer of person.leaving?.values() ?? []) clearTimeout(timer);
    for (const deviceId of person.devices.keys()) this.reached.delete(deviceId);
    this.people.delete(personId);
  }

  // --- Presence ------------------------------------------------------------------------------------------------

  /** Null for somebody who is not connected. */
  presenceOf(personId: string): Presence | null {
    const person = this.people.get(personId);
    return person === undefined ? null : presenceOf(person);
  }

  setIdle(personId: string, deviceId: string, idle: boolean): void {
    const device = this.people.get(personId)?.devices.get(deviceId);
    if (device === undefined || device.idle === idle) return;
    device.idle = idle;
    this.announce(personId);
  }

  /** Answers whether friends last saw them now: they went invisible. */
  setChosen(personId: string, chosen: ChosenPresence, shownStatusText: string): boolean {
    const person = this.people.get(personId);
    if (person === undefined) return false;
    const hiding = chosen === 'invisible' && person.chosen !== 'invisible';
    if (hiding) {
      person.lastSeen = this.now();
      for (const deviceId of person.devices.keys()) this.reached.delete(deviceId);
    }
    person.chosen = chosen;
    person.shownStatusText = shownStatusText;
    this.announce(personId);
    return hiding;
  }

  /** Tells friends how the person shows now, if that is news. */
  announce(personId: string): void {
    const person = this.people.get(personId);
    if (person === undefined) return;
    const presence = presenceOf(person);
    const text = JSON.stringify(presence);
    if (text === person.announced) return;
    person.announced = text;
    this.events.presenceChanged(personId, presence, person.contacts);
  }

  isSeen(personId: string): boolean {
    const person = this.people.get(personId);
    return person !== undefined && person.chosen !== 'invisible';
  }

  /** People whom their friends see now. */
  *seenPeople(): Iterable<string> {
    for (const [id, person] of this.people) if (person.chosen !== 'invisible') yield id;
  }

  // --- Who may reach whom --------------------------------------------------------------------------------------

  contactsOf(personId: string): ReadonlySet<string> {
    return this.people.get(personId)?.contacts ?? new Set();
  }

  befriend(a: string, b: string): void {
    this.link(a, b, true);
    this.link(b, a, true);
  }

  part(a: string, b: string): void {
    this.link(a, b, false);
    this.link(b, a, false);
  }

  private link(ownerId: string, otherId: string, isContact: boolean): void {
    for (const deltas of this.joining.get(ownerId) ?? []) deltas.set(otherId, isContact);
    const contacts = this.people.get(ownerId)?.contacts;
    if (isContact) contacts?.add(otherId);
    else contacts?.delete(otherId);
  }

  /** Remembers that a device spoke to another, which may then answer even if the first is invisible. */
  noteReached(deviceId: string, otherDeviceId: string): void {
    let others = this.reached.get(deviceId);
    if (others === undefined) {
      others = new Set();
      this.reached.set(deviceId, others);
    }
    if (others.size < ANSWERABLE_AT_MOST) others.add(otherDeviceId);
  }

  /** Whether this device seems to be there for that one. */
  isReachable(personId: string, deviceId: string, byDeviceId: string): boolean {
    const person = this.people.get(personId);
    if (person === undefined || !person.devices.has(deviceId)) return false;
    return person.chosen !== 'invisible' || (this.reached.get(deviceId)?.has(byDeviceId) ?? false);
  }
}

/** Ends the device's grace, if one is running. */
function stays(person: Online, deviceId: string): void {
  clearTimeout(person.leaving?.get(deviceId));
  person.leaving?.delete(deviceId);
  if (person.leaving?.size === 0) person.leaving = null;
}
