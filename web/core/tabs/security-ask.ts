/** What a tab asks of the leading one about security. What is secret in it stays within this browser. */
import type { Proof } from '../crypto/identity.ts';
import type { VaultKey } from '../crypto/vault.ts';

export type SecurityAsk =
  /** `exportKey`: what the password yields (OPAQUE). Answered once the vault opens with it, however long that takes. */
  | { readonly do: 'unlock'; readonly exportKey: string }
  | { readonly do: 'restore'; readonly key: VaultKey }
  | { readonly do: 'make-code' }
  /** These devices of one's own were logged out: says so to friends' devices, whatever the server does. */
  | { readonly do: 'tell-removed'; readonly deviceIds: readonly string[] }
  | { readonly do: 'start-over'; readonly proof: Proof; readonly exportKey: string }
  | { readonly do: 'accept-identity'; readonly userId: string }
  /** The answer is the secret of this link of one's own; null if it has to do without. */
  | { readonly do: 'open-invite'; readonly id: string; readonly expiresAt: number }
  | { readonly do: 'forget-invite'; readonly id: string }
  /** `inviterId` null: the only one that a guest knows. */
  | { readonly do: 'came-by-invite'; readonly secret: string; readonly inviterId: string | null }
  | { readonly do: 'verify'; readonly userId: string }
  | { readonly do: 'agree' | 'compare' | 'confirm' }
  /** The text of a code that a camera read. */
  | { readonly do: 'scan'; readonly text: string }
  | { readonly do: 'dismiss'; readonly different: boolean };
