/** What a tab asks of the leading one about security. What is secret in it stays within this browser. */
import type { Proof } from '../crypto/identity.ts';
import type { VaultKey } from '../crypto/vault.ts';

export type SecurityAsk =
  | { readonly do: 'restore'; readonly key: VaultKey }
  | { readonly do: 'make-code' }
  | { readonly do: 'start-over'; readonly proof: Proof; readonly exportKey: string }
  | { readonly do: 'accept-identity'; readonly userId: string }
  /** The answer is the secret of this link of one's own; null if it has to do without. */
  | { readonly do: 'open-invite'; readonly id: string; readonly expiresAt: number }
  | { readonly do: 'verify'; readonly userId: string }
  | { readonly do: 'agree' | 'compare' | 'confirm' }
  /** The text of a code that a camera read. */
  | { readonly do: 'scan'; readonly text: string }
  | { readonly do: 'dismiss'; readonly different: boolean };
