/** Everybody speaks until everybody hears everybody, before anything counts. */
import type { Device } from './device.ts';
import { pause } from './until.ts';

const ROLL_CALL = 'roll call';

export const isRollCall = (text: string): boolean => text.startsWith(ROLL_CALL);

interface Needs {
  readonly devices: readonly Device[];
  readonly conversations: readonly number[];
  readonly devicesIn: (conversation: number) => readonly Device[];
  /** As a device of this person calls the conversation. */
  readonly idOf: (conversation: number, person: number) => string;
}

/** What is said before a device is known to all does not reach it, which is the business of another test. */
export async function callTheRoll(needs: Needs): Promise<void> {
  const { devices, conversations } = needs;
  const limit = Date.now() + 120_000;
  for (let round = 0; ; round += 1) {
    const words = devices.map(({ index }) => `${ROLL_CALL} ${round} of ${index}`);
    for (const conversation of conversations) await callIn(needs, conversation, words);
    const heardBy = Date.now() + 15_000;
    let lacking = await unheard(needs, words);
    while (lacking.length > 0 && Date.now() < heardBy) {
      await pause(200);
      lacking = await unheard(needs, words);
    }
    if (lacking.length === 0) return;
    if (Date.now() > limit) throw new Error(`The devices do not hear each other: ${lacking.join('; ')}`);
  }
}

async function callIn(
  { devicesIn, idOf }: Needs,
  conversation: number,
  words: readonly string[],
): Promise<void> {
  for (const device of devicesIn(conversation)) {
    await device.run((page) =>
      page.evaluate(([id, text]) => window.device.messenger.openConversation(id).sendText(text), [
        idOf(conversation, device.person),
        words[device.index] ?? '',
      ] as const),
    );
  }
}

/** Who did not hear what. */
async function unheard(
  { conversations, devicesIn, idOf }: Needs,
  words: readonly string[],
): Promise<readonly string[]> {
  const lacking: string[] = [];
  for (const conversation of conversations) {
    const members = devicesIn(conversation);
    for (const device of members) {
      const texts = await device.run((page) =>
        page.evaluate((id) => window.device.texts(id), idOf(conversation, device.person)),
      );
      const missing = members.map(({ index }) => words[index] ?? '').filter((text) => !texts.includes(text));
      for (const text of missing) lacking.push(`${device.index} in ${conversation}: ${text}`);
    }
  }
  return lacking;
}
