/** The message that is to be shown as soon as its conversation is: asked for from anywhere, done by the history. */
import { cell, type Value } from '../../core/value.ts';

export interface Jump {
  readonly conversationId: string;
  readonly messageId: string;
}

const wanted = cell<Jump | null>(null);

export const wantedJump: Value<Jump | null> = wanted;

export function jumpTo(jump: Jump): void {
  wanted.set(jump);
}

export function jumpDone(): void {
  wanted.set(null);
}
