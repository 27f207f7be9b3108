/** One measurement of one relay, in a process of its own: takes its orders as JSON, answers with a line of JSON. */
import { readFileSync } from 'node:fs';
import { percentile } from '../report.ts';
import { type Access, type Flow, Generator } from './generator.ts';

export interface Order extends Access {
  readonly pid: number;
  readonly seconds: number;
  /** node-turn drops channel data from clients: only the way from peers to clients can be measured. */
  readonly oneWay: boolean;
}

export interface Measured {
  readonly packetsPerSecond: number;
  readonly microsPerPacket: number;
  /** At a moderate, steady rate. */
  readonly moderateMicrosPerPacket: number;
  readonly p50?: number;
  readonly p99?: number;
}
export interface MeasuredAllocations {
  readonly perSecond: number;
  readonly kilobytesPerThousand: number;
}

const FLOWS = 10;
const MODERATE_RATE = 10_000;
const ROUND_TRIP_RATE = 2500; // each packet is relayed twice: 5,000 a second
const WARM_UP_SECONDS = 0.5;
const ALLOCATIONS = 1000;
const WARM_UP_ALLOCATIONS = 300;
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process has used, all threads. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentKilobytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

function measure(order: Order): Measured {
  const generator = new Generator(order);
  const flows = generator.openFlows(FLOWS);
  const ways = order.oneWay ? (['peers'] as const) : (['clients', 'peers'] as const);
  const flood = (rate: number): { packets: number; cpu: number } => {
    const before = cpuSeconds(order.pid);
    let packets = 0;
    for (const from of ways) packets += generator.flood(flows, from, order.seconds / ways.length, rate);
    return { packets, cpu: cpuSeconds(order.pid) - before };
  };
  for (const from of ways) generator.flood(flows, from, WARM_UP_SECONDS, Number.POSITIVE_INFINITY);
  const full = flood(Number.POSITIVE_INFINITY);
  const moderate = flood(MODERATE_RATE);
  const quietest = order.oneWay ? undefined : quietestSecond(generator, flows, order.seconds);
  return {
    packetsPerSecond: full.packets / order.seconds,
    microsPerPacket: (full.cpu / full.packets) * 1e6,
    moderateMicrosPerPacket: (moderate.cpu / moderate.packets) * 1e6,
    ...quietest,
  };
}

/** Other work on the machine only ever adds to a packet's time, so the best second says most about the server. */
function quietestSecond(
  generator: Generator,
  flows: readonly Flow[],
  seconds: number,
): { p50: number; p99: number } {
  const windows = Array.from({ length: Math.max(1, Math.round(seconds)) }, () => {
    const times = generator.roundTrips(flows, 1, ROUND_TRIP_RATE);
    return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
  });
  return windows.toSorted((a, b) => a.p99 - b.p99)[0]!;
}

function measureAllocations(order: Order): MeasuredAllocations {
  const generator = new Generator(order);
  generator.allocateMany(WARM_UP_ALLOCATIONS);
  const before = residentKilobytes(order.pid);
  const seconds = generator.allocateMany(ALLOCATIONS);
  return {
    perSecond: ALLOCATIONS / seconds,
    kilobytesPerThousand: (residentKilobytes(order.pid) - before) * (1000 / ALLOCATIONS),
  };
}

const [kind, text = '{}'] = process.argv.slice(2);
const order = JSON.parse(text) as Order;
const measured = kind === 'allocations' ? measureAllocations(order) : measure(order);
process.stdout.write(`${JSON.stringify(measured)}\n`);
process.exit(0);
