/**
 * The few Linux system calls that move many datagrams at once, called through koffi. Only 64-bit little-endian
 * Linux: elsewhere, or without koffi, `loadLibc` says undefined and Node's dgram does the work.
 */
import { createRequire } from 'node:module';
import type * as KoffiLibrary from 'koffi';

type Koffi = typeof KoffiLibrary;
type Call = (...values: number[]) => number;

export interface Libc {
  readonly koffi: Koffi;
  readonly errno: () => number;
  readonly socket: Call;
  readonly bind: Call;
  readonly close: Call;
  readonly setsockopt: Call;
  readonly epollCreate: Call;
  readonly epollCtl: Call;
  readonly epollWait: Call;
  readonly recvmmsg: Call;
  readonly sendmmsg: Call;
}

export const AF_INET = 2;
export const AF_INET6 = 10;
/** Datagrams, non-blocking, closed on exec. */
export const UDP_SOCKET = 2 | 0o4000 | 0o2000000;
export const SOL_SOCKET = 1;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_REUSEPORT = 15;
export const IPPROTO_IP = 0;
export const IPPROTO_IPV6 = 41;
export const IPV6_V6ONLY = 26;
export const IP_MTU_DISCOVER = 10;
export const IPV6_MTU_DISCOVER = 23;
export const PMTU_DONT = 0;
export const PMTU_DO = 2;
export const EPOLL_ADD = 1;
export const EPOLL_REMOVE = 2;
export const EPOLLIN = 1;
export const MSG_DONTWAIT = 0x40;
export const EAGAIN = 11;

/** The kernel packs epoll_event on x86-64 only. */
export const EPOLL_EVENT_WORDS = process.arch === 'x64' ? 3 : 4;
export const EPOLL_DATA_WORD = process.arch === 'x64' ? 1 : 2;

const ARCHITECTURES = new Set(['x64', 'arm64', 'riscv64', 'loong64']);

export function loadLibc(): Libc | undefined {
  if (process.platform !== 'linux' || !ARCHITECTURES.has(process.arch)) return undefined;
  try {
    // koffi is an optional dependency: a static import would stop the start where it is not installed.
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    return bindCalls(koffi, koffi.load(null));
  } catch {
    // Without the library or its prebuilt binary, undefined is the answer; the start says which transport runs.
    return undefined;
  }
}

function bindCalls(koffi: Koffi, lib: KoffiLibrary.LibraryHandle): Libc {
  const call = (name: string, ...types: string[]): Call => lib.func(name, 'int', types) as Call;
  return {
    koffi,
    errno: () => koffi.errno(),
    socket: call('socket', 'int', 'int', 'int'),
    bind: call('bind', 'int', 'uintptr_t', 'uint'),
    close: call('close', 'int'),
    setsockopt: call('setsockopt', 'int', 'int', 'int', 'uintptr_t', 'uint'),
    epollCreate: call('epoll_create1', 'int'),
    epollCtl: call('epoll_ctl', 'int', 'int', 'int', 'uintptr_t'),
    epollWait: call('epoll_wait', 'int', 'uintptr_t', 'int', 'int'),
    recvmmsg: call('recvmmsg', 'int', 'uintptr_t', 'uint', 'int', 'uintptr_t'),
    sendmmsg: call('sendmmsg', 'int', 'uintptr_t', 'uint', 'int'),
  };
}

export function systemCode(libc: Libc): string {
  const errno = libc.errno();
  const names = Object.entries(libc.koffi.os.errno);
  return names.find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
}
