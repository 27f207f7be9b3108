/**
 * What this device's engine has yet to be told, which may come seconds after the page, or to another tab: in localStorage
 * until it was told, so that neither a page that goes nor a server in trouble makes the person say it again.
 */
import * as v from 'valibot';
import { createKept } from './kept.ts';
import type { Keep } from './platform.ts';

const errandSchema = v.variant('do', [
  /** What the password yields (OPAQUE), to open the account's vault with or to seal it for. */
  v.object({ do: v.literal('unlock'), exportKey: v.string() }),
  /** This device of one's own was logged out: says so to friends' devices, whatever the server does. */
  v.object({ do: v.literal('tell-removed'), deviceId: v.string() }),
  /** One came by a link with this secret; `inviterId` null: of the only one that a guest knows. */
  v.object({ do: v.literal('came-by-invite'), secret: v.string(), inviterId: v.nullable(v.string()) }),
  /** This link of one's own was taken back. */
  v.object({ do: v.literal('forget-invite'), id: v.string() }),
]);
export type Errand = v.InferOutput<typeof errandSchema>;

export interface Errands {
  keep(errand: Errand): void;
  all(): readonly Errand[];
  /** One of `all`: kept no longer, unless another one took its place meanwhile. */
  done(errand: Errand): void;
  /** The device is logged out. */
  clear(): void;
}

/** Of two with the same name the later one counts: a newer password, another link of the same person. */
function nameOf(errand: Errand): string {
  switch (errand.do) {
    case 'unlock':
      return errand.do;
    case 'tell-removed':
      return `${errand.do} ${errand.deviceId}`;
    case 'came-by-invite':
      return `${errand.do} ${errand.inviterId ?? ''}`;
    case 'forget-invite':
      return `${errand.do} ${errand.id}`;
  }
}

export function createErrands(keep: Keep, deviceId: string): Errands {
  const prefix = `holler-errand ${deviceId} `;
  const { keys, read, clear } = createKept(keep, prefix, (value) => v.parse(errandSchema, value));
  const keyOf = (errand: Errand) => prefix + nameOf(errand);

  return {
    keep: (errand) => keep.set(keyOf(errand), JSON.stringify(errand)),
    all: () => keys().flatMap((key) => read(key) ?? []),
    done(errand) {
      const key = keyOf(errand);
      if (JSON.stringify(read(key)) === JSON.stringify(errand)) keep.remove(key);
    },
    clear,
  };
}
