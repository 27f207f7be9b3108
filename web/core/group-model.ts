/** What the page sees of groups: who is in them, what may be done, and what becomes of it. No implementation here. */
import type { Person } from '../../signaling/protocol/common.ts';
import type { Result } from './failure-model.ts';
import type { Value } from './value.ts';

/** Exactly one member is the owner. Owner and admins add and remove people and change name, picture and link. */
export type GroupRole = 'owner' | 'admin' | 'member';

export interface GroupMember extends Person {
  readonly role: GroupRole;
}

export interface GroupInfo {
  /** 1 to GROUP_NAME_MAX characters; empty only while the group's secret has not come to this device yet. */
  readonly name: string;
  /** Up to 280 characters; empty if there is none. */
  readonly topic: string;
  /** A small square picture as a `data:` URL of WebP, JPEG or PNG, of at most GROUP_PICTURE_MAX characters. */
  readonly picture: string | null;
}

export const GROUP_NAME_MAX = 64;

/**
 * With its name sealed it fits into what the server keeps of a group.
 */
export const GROUP_PICTURE_MAX = 24 * 1024;

/**
 * A group, or a public room, whose topic and name everybody can read. `id` is that of its conversation, too: it names it
 * wherever a friend's id names the conversation with that friend.
 */
export interface Group extends GroupInfo {
  readonly id: string;
  /** Oneself included, in the order in which they came. Whether each can be trusted is in `Security.trust`. */
  readonly members: readonly GroupMember[];
  /** Those who were members, as far as this device has seen them. */
  readonly former: readonly Person[];
  /** Null: left, removed or dissolved; the history stays, nothing can be sent. */
  readonly myRole: GroupRole | null;
  /** While there is one nothing is sent; `recheck` and `overrule` settle it. */
  readonly doubt: GroupDoubt | null;
  /** No notices, except for mentions; the same on all devices of this person. */
  readonly muted: boolean;
  readonly public: boolean;
  /** What goes behind `#` in the address of the open invite link; null if there is none, or for somebody who may not know. */
  readonly link: string | null;
}

/**
 * Another member's device (or one's own other one: `memberId` is oneself) knows of another membership than the server
 * shows here. `withheld`: of changes that the server does not hand out; `forked`: of others in place of those here.
 */
export interface GroupDoubt {
  readonly memberId: string;
  readonly kind: 'withheld' | 'forked';
}

/** What became of a group, in its history. Ids are of people, who need not be members any more. */
export type GroupEvent =
  | { readonly kind: 'created' | 'joined' | 'left' | 'info' | 'dissolved' }
  | { readonly kind: 'added' | 'removed'; readonly memberIds: readonly string[] }
  | { readonly kind: 'role'; readonly memberId: string; readonly role: GroupRole };

/** Somebody who is named in a message, where its text says `@` and this name. */
export interface Mention {
  readonly memberId: string;
  readonly name: string;
}

/**
 * What one sees of a public room before joining it.
 * @public
 */
export interface RoomLook {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly memberCount: number;
}

/** @public */
export interface RoomList {
  readonly rooms: readonly RoomLook[];
  /** There are others, too. */
  readonly more: boolean;
  /** Whether this account may open one. */
  readonly mayOpen: boolean;
}

/**
 * What one sees of a group before joining it by its link.
 * @public
 */
export interface LinkLook extends GroupInfo {
  readonly memberCount: number;
}

/**
 * Every change is signed by this device and ordered by the server. `forbidden`: one's role does not allow it (any more).
 * `unavailable`: the engine is not ready, or the page was not loaded by HTTPS.
 */
export interface GroupsApi {
  /** By id; also those that one is no member of any more, as long as their history is kept. */
  readonly all: Value<ReadonlyMap<string, Group>>;
  /** Answers with the group's id. Members are friends. */
  create(info: GroupInfo, memberIds: readonly string[]): Promise<Result<string>>;
  add(groupId: string, memberIds: readonly string[]): Promise<Result>;
  remove(groupId: string, memberId: string): Promise<Result>;
  /** An owner hands over first, or dissolves. */
  leave(groupId: string): Promise<Result>;
  setRole(groupId: string, memberId: string, role: 'admin' | 'member'): Promise<Result>;
  /** That member becomes the owner, and this one an admin. */
  handOver(groupId: string, memberId: string): Promise<Result>;
  setInfo(groupId: string, info: GroupInfo): Promise<Result>;
  /** Makes an invite link, in place of an earlier one. Answers with what goes behind `#`: see `Group.link`. */
  openLink(groupId: string): Promise<Result<string>>;
  closeLink(groupId: string): Promise<Result>;
  lookLink(code: string): Promise<Result<LinkLook>>;
  /** Answers with the group's id, also if one is a member already. */
  joinByLink(code: string): Promise<Result<string>>;
  /** Public rooms whose name has this part (empty: all), those with most members first. */
  listRooms(part: string): Promise<Result<RoomList>>;
  /** `not-found`: there is no such room, or this server has none. */
  joinRoom(name: string): Promise<Result<string>>;
  /** Opens a public room; `forbidden` unless the host lets this account. */
  openRoom(name: string, topic: string): Promise<Result<string>>;
  mute(groupId: string, muted: boolean): Promise<Result>;
  /** Asks the server again about `Group.doubt`. */
  recheck(groupId: string): Promise<Result>;
  /** Goes on with the membership that the server shows; that member's word on it does not count any more. */
  overrule(groupId: string): Promise<Result>;
  /** Ends it for everybody: owner only. */
  dissolve(groupId: string): Promise<Result>;
}
