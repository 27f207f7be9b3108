/** Reads from WebRTC's statistics which way a connection really takes. */
import type { CandidateView } from '../model.ts';

export interface SelectedPair {
  readonly local: CandidateView;
  readonly remote: CandidateView;
  /** By ICE's own checks, ms; null until one was answered. */
  readonly rtt: number | null;
}

type Entry = { readonly type: string; readonly id: string } & Readonly<Record<string, unknown>>;

/** Null while no pair has been selected. */
export function selectedPair(report: Iterable<readonly [string, unknown]>): SelectedPair | null {
  const entries = new Map([...report].map(([id, entry]) => [id, entry as Entry]));
  const pair = selectedEntry(entries);
  const local = pair && entries.get(String(pair.localCandidateId));
  const remote = pair && entries.get(String(pair.remoteCandidateId));
  if (!local || !remote) return null;
  const seconds = pair.currentRoundTripTime;
  return {
    local: candidateView(local),
    remote: candidateView(remote),
    rtt: typeof seconds === 'number' ? seconds * 1_000 : null,
  };
}

function selectedEntry(entries: ReadonlyMap<string, Entry>): Entry | undefined {
  const all = [...entries.values()];
  const transport = all.find(
    ({ type, selectedCandidatePairId }) => type === 'transport' && selectedCandidatePairId,
  );
  if (transport) return entries.get(String(transport.selectedCandidatePairId));
  // Firefox has no transport entry and marks the pair itself.
  return all.find(({ type, selected }) => type === 'candidate-pair' && selected === true);
}

function candidateView(entry: Entry): CandidateView {
  const type = entry.candidateType;
  const relayProtocol = entry.relayProtocol;
  return {
    type: type === 'srflx' || type === 'prflx' || type === 'relay' ? type : 'host',
    family: familyOf(entry.address ?? entry.ip),
    protocol:
      relayProtocol === 'udp' || relayProtocol === 'tcp' || relayProtocol === 'tls'
        ? relayProtocol
        : entry.protocol === 'tcp'
          ? 'tcp'
          : 'udp',
  };
}

/** The browser hides an address that it gave out as an mDNS name. */
function familyOf(address: unknown): CandidateView['family'] {
  if (typeof address !== 'string' || address === '' || address.endsWith('.local')) return 'unknown';
  return address.includes(':') ? 'IPv6' : 'IPv4';
}
