/** The person's preferences in this browser, the same in all its tabs. */
import * as v from 'valibot';
import type { Preferences } from './model.ts';
import type { Keep } from './platform.ts';
import { cell } from './value.ts';
import type { Value } from './value.ts';

const KEY = 'holler.preferences';

const DEFAULTS: Preferences = {
  language: 'auto',
  theme: 'system',
  notifications: 'ask',
  friendOnlineNotice: true,
  readReceipts: true,
  sounds: true,
};

/** A value of another version, or one that somebody edited, falls back by itself and leaves the others. */
const schema = v.object({
  language: v.fallback(v.picklist(['auto', 'en', 'zh-CN']), DEFAULTS.language),
  theme: v.fallback(v.picklist(['system', 'light', 'dark']), DEFAULTS.theme),
  notifications: v.fallback(v.picklist(['ask', 'on', 'off']), DEFAULTS.notifications),
  friendOnlineNotice: v.fallback(v.boolean(), DEFAULTS.friendOnlineNotice),
  readReceipts: v.fallback(v.boolean(), DEFAULTS.readReceipts),
  sounds: v.fallback(v.boolean(), DEFAULTS.sounds),
});

export interface PreferenceStore {
  readonly value: Value<Preferences>;
  change(change: Partial<Preferences>): void;
  /** Another tab changed them. */
  reread(): void;
}

export function createPreferences(keep: Keep): PreferenceStore {
  const value = cell(read(keep));
  return {
    value,
    change(change) {
      value.update((now) => ({ ...now, ...change }));
      keep.set(KEY, JSON.stringify(value.get()));
    },
    reread: () => value.set(read(keep)),
  };
}

function read(keep: Keep): Preferences {
  try {
    const parsed = v.safeParse(schema, JSON.parse(keep.get(KEY) ?? '{}'));
    return parsed.success ? parsed.output : DEFAULTS;
  } catch {
    return DEFAULTS;
  }
}
