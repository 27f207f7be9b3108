/** Who has read a message, by how far each member has read. Pure. */

interface Readers {
  readonly read: readonly string[];
  readonly notYet: readonly string[];
}

/** `marks`: the last message that each has read; ids sort by time. */
export function readersOf(
  members: readonly string[],
  marks: ReadonlyMap<string, string>,
  messageId: string,
): Readers {
  const hasRead = (id: string): boolean => (marks.get(id) ?? '') >= messageId;
  return { read: members.filter(hasRead), notYet: members.filter((id) => !hasRead(id)) };
}
