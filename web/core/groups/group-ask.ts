/** What a tab asks of the leading one about groups; `look` and `list` are answered with JSON text, the rest with a group's id or nothing. */
import type { GroupInfo } from '../model.ts';

export type GroupAsk =
  | { readonly act: 'create'; readonly info: GroupInfo; readonly memberIds: readonly string[] }
  | { readonly act: 'add'; readonly groupId: string; readonly memberIds: readonly string[] }
  | { readonly act: 'remove'; readonly groupId: string; readonly memberId: string }
  | {
      readonly act: 'role';
      readonly groupId: string;
      readonly memberId: string;
      readonly role: 'owner' | 'admin' | 'member';
    }
  | { readonly act: 'info'; readonly groupId: string; readonly info: GroupInfo }
  | { readonly act: 'mute'; readonly groupId: string; readonly muted: boolean }
  | {
      readonly act: 'leave' | 'dissolve' | 'recheck' | 'overrule' | 'open-link' | 'close-link';
      readonly groupId: string;
    }
  | { readonly act: 'look-link' | 'join-link'; readonly code: string }
  | { readonly act: 'list-rooms'; readonly part: string }
  | { readonly act: 'join-room'; readonly name: string }
  | { readonly act: 'open-room'; readonly name: string; readonly topic: string };
