/** The relay's counters as Prometheus text. */
import type { CounterName, Totals } from './counters.ts';

const HELP: Record<CounterName, [name: string, help: string]> = {
  allocationsMade: ['allocations_total', 'Allocations made.'],
  allocationsEnded: ['allocations_ended_total', 'Allocations ended, by expiry or by the client.'],
  refreshes: ['refreshes_total', "Allocations kept for longer at the client's request."],
  toPeerPackets: ['to_peer_packets_total', 'Packets relayed from clients to peers.'],
  toPeerBytes: ['to_peer_bytes_total', 'Bytes relayed from clients to peers.'],
  toClientPackets: ['to_client_packets_total', 'Packets relayed from peers to clients.'],
  toClientBytes: ['to_client_bytes_total', 'Bytes relayed from peers to clients.'],
  refusedPeers: ['refused_peers_total', 'Permissions and channels refused by the peer policy.'],
  refusedPackets: ['refused_packets_total', 'Packets without a permission, or to a service of this host.'],
  rateLimitedPackets: [
    'rate_limited_packets_total',
    'Packets beyond the bandwidth of a user or of the server.',
  ],
  unsentPackets: ['unsent_packets_total', 'Packets that the system or a slow client did not take.'],
  malformed: ['malformed_total', 'Messages that are not STUN, or not for a server.'],
  bindings: ['binding_requests_total', 'STUN Binding requests.'],
  silenced: ['silenced_total', 'Unauthenticated questions beyond their answer budget.'],
  streams: ['streams_total', 'TCP and TLS connections taken.'],
  threadDeaths: ['thread_deaths_total', 'Relay threads that died and were replaced.'],
};

export function prometheusText(totals: Totals, allocations: number): string {
  const lines = [
    '# HELP holler_turn_allocations Allocations alive.',
    '# TYPE holler_turn_allocations gauge',
    `holler_turn_allocations ${allocations}`,
  ];
  for (const [counter, [name, help]] of Object.entries(HELP)) {
    lines.push(`# HELP holler_turn_${name} ${help}`, `# TYPE holler_turn_${name} counter`);
    lines.push(`holler_turn_${name} ${totals.counts[counter as CounterName]}`);
  }
  lines.push(
    '# HELP holler_turn_errors_total Error answers by code.',
    '# TYPE holler_turn_errors_total counter',
  );
  for (const [code, count] of Object.entries(totals.errors)) {
    lines.push(`holler_turn_errors_total{code="${code}"} ${count}`);
  }
  return `${lines.join('\n')}\n`;
}
