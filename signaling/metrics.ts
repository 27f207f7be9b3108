/** What Prometheus can read. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Gauges {
  readonly sockets: () => number;
  readonly people: () => number;
  readonly mailQueued: () => number;
}

export interface Metrics {
  readonly httpSeconds: Histogram<'method' | 'route' | 'status'>;
  readonly socketMessages: Counter<'type'>;
  readonly forwardedBytes: Counter<'type'>;
  readonly mailItems: Counter<'what'>;
  text(): Promise<string>;
}

export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('holler_sockets', 'Devices connected', gauges.sockets);
  gauge('holler_people_online', 'People with a device connected', gauges.people);
  gauge('holler_mail_queued', 'Items of mail on their way to the disk', gauges.mailQueued);
  return {
    httpSeconds: new Histogram({
      name: 'holler_http_request_seconds',
      help: 'Time from request to answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2],
      registers,
    }),
    socketMessages: new Counter({
      name: 'holler_socket_messages_total',
      help: 'Messages that pages sent',
      labelNames: ['type'],
      registers,
    }),
    forwardedBytes: new Counter({
      name: 'holler_forwarded_bytes_total',
      help: 'Bytes handed from device to device',
      labelNames: ['type'],
      registers,
    }),
    mailItems: new Counter({
      name: 'holler_mail_items_total',
      help: 'Items of mail: deposited, acknowledged; recipients refused',
      labelNames: ['what'],
      registers,
    }),
    text: () => registry.metrics(),
  };
}
