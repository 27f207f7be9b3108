/** Opens and prepares kernel sockets for the batching transport. */
import type { Address } from '../stun/address.ts';
import type { Arena } from './arena.ts';
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

/** Only listeners share their port: a relay's must be its own. */
export function openSocket(libc: Libc, arena: Arena, at: Address, role: 'listener' | 'relay'): number {
  const fd = libc.socket(at.family === 4 ? AF_INET : AF_INET6, UDP_SOCKET, 0);
  if (fd < 0) throw new SystemError(systemCode(libc));
  if (at.family === 6) setOption(libc, arena, fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (role === 'listener') setOption(libc, arena, fd, SOL_SOCKET, SO_REUSEPORT, 1);
  const buffer = role === 'listener' ? LISTENER_BUFFER : RELAY_BUFFER;
  setOption(libc, arena, fd, SOL_SOCKET, SO_RCVBUF, buffer);
  setOption(libc, arena, fd, SOL_SOCKET, SO_SNDBUF, buffer);
  setPathDiscovery(libc, arena, fd, at.family, PMTU_DONT);
  const words = sockaddrOf(at);
  arena.words.set(words, arena.scratchAt());
  if (libc.bind(fd, arena.pointer('scratch'), sockaddrLength(words[0]!)) !== 0) {
    const code = systemCode(libc);
    libc.close(fd);
    throw new SystemError(code);
  }
  return fd;
}

/** Whether packets carry the don't-fragment bit; Linux sets it by itself unless told otherwise. */
export function setPathDiscovery(libc: Libc, arena: Arena, fd: number, family: 4 | 6, mode: number): void {
  if (family === 4) setOption(libc, arena, fd, IPPROTO_IP, IP_MTU_DISCOVER, mode);
  else setOption(libc, arena, fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, mode);
}

export function addToEpoll(libc: Libc, arena: Arena, epoll: number, fd: number, index: number): void {
  const at = arena.scratchAt();
  arena.words[at] = EPOLLIN;
  arena.words[at + EPOLL_DATA_WORD] = index;
  libc.epollCtl(epoll, EPOLL_ADD, fd, arena.pointer('scratch'));
}

function setOption(libc: Libc, arena: Arena, fd: number, level: number, name: number, value: number): void {
  arena.words[arena.scratchAt()] = value;
  libc.setsockopt(fd, level, name, arena.pointer('scratch'), 4);
}
