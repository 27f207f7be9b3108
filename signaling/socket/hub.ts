/**
 * The one place where a message goes to people's sockets. Today all sockets are in this process; when there are several
 * nodes, this is the module that also hands messages to the others.
 */
import type { ServerMessage } from '../protocol/socket.ts';
import type { Connection } from './connection.ts';

export const encode = (message: ServerMessage): Buffer => Buffer.from(JSON.stringify(message));

export class Hub {
  private readonly people = new Map<string, Map<string, Connection>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  get peopleOnline(): number {
    return this.people.size;
  }

  /** Answers the socket of the same device that this one takes over from. */
  add(connection: Connection): Connection | null {
    const { personId, deviceId } = connection;
    let devices = this.people.get(personId);
    if (devices === undefined) {
      devices = new Map();
      this.people.set(personId, devices);
    }
    const before = devices.get(deviceId) ?? null;
    devices.set(deviceId, connection);
    if (before === null) this.count++;
    return before;
  }

  /** Answers whether it was still its device's socket. */
  remove(connection: Connection): boolean {
    const devices = this.people.get(connection.personId);
    if (devices?.get(connection.deviceId) !== connection) return false;
    devices.delete(connection.deviceId);
    if (devices.size === 0) this.people.delete(connection.personId);
    this.count--;
    return true;
  }

  find(personId: string, deviceId: string): Connection | null {
    return this.people.get(personId)?.get(deviceId) ?? null;
  }

  isHere(personId: string): boolean {
    return this.people.has(personId);
  }

  *of(personId: string): Iterable<Connection> {
    yield* this.people.get(personId)?.values() ?? [];
  }

  *all(): Iterable<Connection> {
    for (const devices of this.people.values()) yield* devices.values();
  }

  /** Encoded once, however many they are. */
  send(personIds: Iterable<string>, message: ServerMessage): void {
    let bytes: Buffer | undefined;
    for (const personId of personIds) {
      const devices = this.people.get(personId);
      if (devices === undefined) continue;
      bytes ??= encode(message);
      for (const connection of devices.values()) connection.push(bytes);
    }
  }
}
