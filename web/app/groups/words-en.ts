/** The sentences about groups in English. Not in en.ts, because what shows them is loaded only when needed. */
import { count, digits } from '../i18n/count.ts';
import { isolate } from '../i18n/isolate.ts';

export const groupEn = {
  start: {
    newGroup: 'New group',
    rooms: 'Public rooms',
    make: 'Make the group',
    nameMissing: 'Give the group a name.',
    whom: 'Who is in it',
    nobody:
      'You have no friends with an account yet. Make the group all the same and invite people by a link.',
    chosen: (n: number) => `${count(n, 'friend', 'friends')} chosen`,
    find: 'Find a friend',
    noMatch: 'Nobody of that name.',
  },
  info: {
    name: 'Name',
    topic: 'Topic',
    topicHint: 'What this is about. May stay empty.',
    picture: 'Picture',
    choose: 'Choose a picture',
    change: 'Change the picture',
    noPicture: 'Remove the picture',
    wrong: 'This picture cannot be read. Choose a PNG, JPEG or WebP.',
    edit: 'Edit the group',
    editRoom: 'Change the topic',
    saved: 'Saved.',
    sealed: 'Name and picture are sealed: the server sees who is in the group, not what it is called.',
  },
  rooms: {
    text: 'A public room is open to everybody with an account on this server. Its name and topic are not secret, but what is said is sealed for who is in it.',
    list: 'Public rooms of this server',
    find: 'Find a room',
    findHint: 'A part of its name is enough.',
    looking: 'Looking for rooms',
    empty: 'There is no public room on this server yet.',
    none: (part: string) => `No room has “${isolate(part)}” in its name.`,
    more: 'There are more. Type a part of the name to find them.',
    goIn: 'Go in',
    open: (name: string) => `Open the room “${isolate(name)}”`,
    opened: (name: string) => `The room “${isolate(name)}” is open.`,
    nameRules:
      'To open a room, choose a name of 3 to 32 lower-case letters and digits, with single . _ or - between them; or of Chinese characters and digits.',
  },
  join: {
    title: 'Join this group?',
    looking: 'Looking at the group',
    action: 'Join',
    text: 'Everybody in the group will see your name. You read what is written from now on.',
    invalid: 'This link does not lead into a group any more. Ask for a new one.',
  },
  head: {
    members: (n: number) => count(n, 'member', 'members'),
    /** How many of the others are reached browser to browser. */
    direct: (n: number, all: number) => `${digits.format(n)} of ${digits.format(all)} direct`,
    allDirect: 'All direct',
    reached: (n: number, all: number) => `${digits.format(n)} of ${digits.format(all)} here`,
    left: 'You are not in it',
    /** `all`: how many there are. */
    typing: (first: string, second: string, all: number): string => {
      if (all === 1) return `${isolate(first)} is typing`;
      if (all === 2) return `${isolate(first)} and ${isolate(second)} are typing`;
      return `${isolate(first)} and ${digits.format(all - 1)} others are typing`;
    },
  },
  path: {
    title: 'The ways to the members',
    lineLabel: (word: string) => `Connections: ${word}. Show details`,
    text: 'What you write goes straight to everybody with whom a link is open. All others get it from the server, sealed.',
    more: (n: number) => `and ${digits.format(n)} more`,
  },
  details: {
    title: 'About the group',
    titleRoom: 'About the room',
    room: 'Public room',
    mute: 'Mute',
    muteHint: 'No notices, except when somebody mentions you.',
    members: (n: number) => `Members (${digits.format(n)})`,
    add: 'Add',
    addTitle: 'Add to the group',
    addAction: (n: number) => `Add ${count(n, 'friend', 'friends')}`,
    allIn: 'All your friends with an account are in this group.',
    added: 'Added.',
    find: 'Find a member',
    showAll: (n: number) => `Show all ${digits.format(n)}`,
    role: { owner: 'Owner', admin: 'Admin', member: 'Member' },
    menu: (name: string) => `What to do with ${isolate(name)}`,
    write: 'Write to them alone',
    makeAdmin: 'Make an admin',
    makeMember: 'Make a plain member',
    handOver: 'Hand the group over',
    remove: 'Remove from the group',
    gone: 'You are not in this group any more',
    goneText: 'What was said until then stays here.',
  },
  link: {
    title: 'Invite link',
    text: 'Whoever has this link and an account here can join. The link opens the sealed name, so give it only to people who may know.',
    make: 'Make an invite link',
    renew: 'Make a new one',
    label: 'Link into the group',
    qr: 'QR code of the link into the group',
    hint: 'Or let them point a camera at this.',
    share: 'Join our group on Holler:',
    end: 'End the link',
    ended: 'That link does not work any more.',
    endTitle: 'End the invite link?',
    endText: 'Whoever has it cannot join with it any more. Who is in stays in.',
  },
  sure: {
    adminTitle: (name: string) => `Make ${isolate(name)} an admin?`,
    adminText: 'Admins add and remove members, and change the name, the picture and the invite link.',
    handTitle: (name: string) => `Hand the group over to ${isolate(name)}?`,
    handText: 'Then only they can make admins, hand it on or dissolve it. You stay as an admin.',
    removeTitle: (name: string) => `Remove ${isolate(name)}?`,
    removeText:
      'They read nothing that is written from then on, and cannot come back by themselves. What they have read they keep. An open invite link ends, too, since they may know it.',
    leave: 'Leave the group',
    leaveTitle: 'Leave this group?',
    leaveText: 'You get nothing that is written from then on. What was said until now stays in this browser.',
    left: 'You have left the group.',
    ownerLeaves: 'To leave, hand the group over to somebody first.',
    dissolve: 'Dissolve the group',
    dissolveTitle: 'Dissolve this group for everybody?',
    dissolveText: 'Nobody can write in it any more. What was said stays in everybody’s browser.',
    dissolved: 'The group is dissolved.',
  },
  readers: {
    title: 'Who has read it',
    read: (n: number) => `Read by ${digits.format(n)}`,
    notYet: (n: number) => `Not read yet, or not told (${digits.format(n)})`,
    nobody: 'Nobody has told so yet.',
    hint: 'Some people have chosen not to tell what they have read.',
  },
  doubt: {
    otherDevice: 'your other device',
    title: (who: string) => `The server shows you other members than it shows ${isolate(who)}`,
    text: {
      withheld: (who: string) =>
        `${isolate(who)} knows of changes to this group that the server keeps from you. Somebody who was removed could still read what you write, so nothing is sent for now. Holler has asked ${isolate(who)} for the changes directly. If they do not come, ask ${isolate(who)} another way, such as a call, who is in the group.`,
      forked: (who: string) =>
        `The server has shown ${isolate(who)} one change to this group, and you a different one in its place. A server that works properly does not do that, so nothing is sent for now. Ask ${isolate(who)} another way, such as a call, who is in the group. If the server is wrong, make a new group on another server.`,
    },
    ownText: {
      withheld:
        'Your other device knows of changes to this group that the server keeps from this one. Somebody who was removed could still read what you write, so nothing is sent for now. Holler has asked your other device for the changes. If they do not come, compare the members that you see there.',
      forked:
        'The server has shown your other device one change to this group, and this one a different one in its place. A server that works properly does not do that, so nothing is sent for now. Ask somebody in the group another way, such as a call, who is in it. If the server is wrong, make a new group on another server.',
    },
    again: 'Check again',
    overrule: 'Send all the same',
    sureTitle: 'Send to the members whom you see here?',
    sureText: (who: string) =>
      `What you write goes to everybody in your list of members, even if somebody was removed without your being told. In this, ${isolate(who)} is not believed any more. Do it only after you have compared the members, or if you are sure that what was said is a lie.`,
  },
  changed: (name: string) =>
    `${isolate(name)} has another identity than before: a new device set up from scratch, or somebody who pretends. What you write does not go to them until you decide.`,
};

export type GroupWords = typeof groupEn;
