/** Where a verification stands, read from the engine's objects. */
import type * as Wasm from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Library } from './machine.ts';

interface Emoji {
  readonly symbol: string;
  /** 0 to 63: which of the specification's list, for its name in other languages. */
  readonly number: number;
  /** In English. */
  readonly name: string;
}

export type Step =
  /** We asked; the other side has not answered. */
  | { readonly step: 'asking' }
  /** The other side asks us: `accept` or `cancel`. */
  | { readonly step: 'asked' }
  /** Both want to: `compare`, `show` or `scan`. With a code once `show` made one. */
  | { readonly step: 'choosing'; readonly code: Uint8Array | null }
  /** Both see seven emoji: `confirm` or `mismatch`. */
  | { readonly step: 'comparing'; readonly emoji: readonly Emoji[] }
  /** The other side scanned our code: `confirm` if it says so. */
  | { readonly step: 'scanned' }
  /** It is the other side's turn. */
  | { readonly step: 'waiting' }
  | { readonly step: 'done' }
  | { readonly step: 'cancelled'; readonly why: CancelReason; readonly byUs: boolean };

type CancelReason = 'declined' | 'mismatch' | 'timeout' | 'elsewhere' | 'failed';

export interface Flow {
  readonly request: Wasm.VerificationRequest;
  /** That we show. */
  code: Uint8Array | null;
}

export const METHODS = ({ VerificationMethod }: Library): Wasm.VerificationMethod[] => [
  VerificationMethod.SasV1,
  VerificationMethod.QrCodeShowV1,
  VerificationMethod.QrCodeScanV1,
  VerificationMethod.ReciprocateV1,
];

const REASONS: Readonly<Record<string, CancelReason>> = {
  'm.user': 'declined',
  'm.mismatched_sas': 'mismatch',
  'm.key_mismatch': 'mismatch',
  'm.mismatched_commitment': 'mismatch',
  'm.user_mismatch': 'mismatch',
  'm.timeout': 'timeout',
  'm.accepted': 'elsewhere',
};

export function stepOf(library: Library, { request, code }: Flow): Step {
  if (request.isPassive()) return { step: 'cancelled', why: 'elsewhere', byUs: false };
  if (request.timedOut()) return { step: 'cancelled', why: 'timeout', byUs: false };
  const { VerificationRequestPhase: Phase } = library;
  switch (request.phase()) {
    case Phase.Created:
      return { step: 'asking' };
    case Phase.Requested:
      return { step: 'asked' };
    case Phase.Ready:
      return { step: 'choosing', code };
    case Phase.Done:
      return { step: 'done' };
    case Phase.Cancelled:
      return cancelled(request.cancelInfo);
    case Phase.Transitioned:
      return underWay(library, request.getVerification(), code);
  }
}

function underWay(
  library: Library,
  verification: Wasm.Sas | Wasm.Qr | undefined,
  code: Uint8Array | null,
): Step {
  if (verification === undefined) return { step: 'waiting' };
  if (verification.isDone()) return { step: 'done' };
  if (verification.isCancelled()) return cancelled(verification.cancelInfo());
  if (verification instanceof library.Sas) {
    const emoji = verification.haveWeConfirmed() ? undefined : emojiOf(verification);
    return emoji === undefined ? { step: 'waiting' } : { step: 'comparing', emoji };
  }
  if (verification.hasBeenScanned()) return { step: 'scanned' };
  // The code that we made is a flow of its own before anybody scanned it.
  return code !== null && verification.state() === library.QrState.Created
    ? { step: 'choosing', code }
    : { step: 'waiting' };
}

function emojiOf(sas: Wasm.Sas): readonly Emoji[] | undefined {
  const [emoji, numbers] = [sas.emoji(), sas.emojiIndex()];
  if (emoji === undefined || numbers === undefined) return undefined;
  return emoji.map(({ symbol, description }, at) => ({ symbol, number: numbers[at]!, name: description }));
}

function cancelled(info: Wasm.CancelInfo | undefined): Step {
  const why = REASONS[info?.cancelCode() ?? ''] ?? 'failed';
  return { step: 'cancelled', why, byUs: info?.cancelledbyUs() ?? false };
}
