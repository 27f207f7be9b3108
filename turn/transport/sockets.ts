/** Opens and prepares kernel sockets for the batching transport. */
import type { Address } from '../stun/address.ts';
import {
  AF_INET,
  AF_INET6,
  EPOLLIN,
  EPOLL_ADD,
  EPOLL_DATA_WORD,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_MTU_DISCOVER,
  IPV6_V6ONLY,
  IP_MTU_DISCOVER,
  PMTU_DONT,
  SOL_SOCKET,
  SO_RCVBUF,
  SO_REUSEPORT,
  SO_SNDBUF,
  systemCode,
  UDP_SOCKET,
  type Libc,
} from './libc.ts';
import { sockaddrLength, sockaddrOf } from './sockaddr.ts';

const LISTENER_BUFFER = 4 << 20;
const RELAY_BUFFER = 1 << 20;

class SystemError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** A few words that system calls may read. */
export interface Scratch {
  readonly words: Int32Array;
  /** Where in `words`, and where that is in memory. */
  readonly at: number;
  readonly pointer: number;
}

const SCRATCH_BYTES = 64;

export function newScratch(libc: Libc): Scratch {
  // Small typed arrays live where the garbage collector moves things; an ArrayBuffer of one's own does not.
  const words = new Int32Array(new ArrayBuffer(SCRATCH_BYTES));
  return { words, at: 0, pointer: Number(libc.koffi.address(words)) };
}

/** Only listeners share their port: a relay's must be its own. */
export function openSocket(libc: Libc, scratch: Scratch, at: Address, role: 'listener' | 'relay'): number {
  const fd = libc.socket(at.family === 4 ? AF_INET : AF_INET6, UDP_SOCKET, 0);
  if (fd < 0) throw new SystemError(systemCode(libc));
  if (at.family === 6) setOption(libc, scratch, fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (role === 'listener') setOption(libc, scratch, fd, SOL_SOCKET, SO_REUSEPORT, 1);
  const buffer = role === 'listener' ? LISTENER_BUFFER : RELAY_BUFFER;
  setOption(libc, scratch, fd, SOL_SOCKET, SO_RCVBUF, buffer);
  setOption(libc, scratch, fd, SOL_SOCKET, SO_SNDBUF, buffer);
  setPathDiscovery(libc, scratch, fd, at.family, PMTU_DONT);
  const words = sockaddrOf(at);
  scratch.words.set(words, scratch.at);
  if (libc.bind(fd, scratch.pointer, sockaddrLength(words[0]!)) !== 0) {
    const code = systemCode(libc);
    libc.close(fd);
    throw new SystemError(code);
  }
  return fd;
}

/** Whether packets carry the don't-fragment bit; Linux sets it by itself unless told otherwise. */
export function setPathDiscovery(
  libc: Libc,
  scratch: Scratch,
  fd: number,
  family: 4 | 6,
  mode: number,
): void {
  if (family === 4) setOption(libc, scratch, fd, IPPROTO_IP, IP_MTU_DISCOVER, mode);
  else setOption(libc, scratch, fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, mode);
}

export function addToEpoll(libc: Libc, scratch: Scratch, epoll: number, fd: number, index: number): void {
  const { words, at, pointer } = scratch;
  words[at] = EPOLLIN;
  words[at + EPOLL_DATA_WORD] = index;
  libc.epollCtl(epoll, EPOLL_ADD, fd, pointer);
}

function setOption(
  libc: Libc,
  scratch: Scratch,
  fd: number,
  level: number,
  name: number,
  value: number,
): void {
  scratch.words[scratch.at] = value;
  libc.setsockopt(fd, level, name, scratch.pointer, 4);
}
