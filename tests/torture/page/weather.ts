/** The browser's platform with a clock that may be wrong and a network that may be cut or fall silent. */
import type { FullPlatform } from '../../../web/core/full-platform.ts';
import type { PlatformSocket } from '../../../web/core/platform.ts';

export interface Weather {
  /** ms that the clock is ahead. */
  ahead: number;
  /** Nothing passes in either direction until `hear`; then everything does, in order, as TCP and SCTP would have it. */
  silence(): void;
  hear(): void;
  /** Ends every connection to other devices. */
  cut(): void;
}

interface Gate {
  readonly isOpen: () => boolean;
  /** Now, or once it is open again. */
  readonly pass: (run: () => void) => void;
}

/** `relayOnly`: a network that lets nothing through but the way to TURN. */
export function underWeather(
  platform: FullPlatform,
  { relayOnly }: { readonly relayOnly: boolean },
): { readonly platform: FullPlatform; readonly weather: Weather } {
  let open = true;
  let held: (() => void)[] = [];
  const gate: Gate = {
    isOpen: () => open,
    pass: (run) => {
      if (open) run();
      else held.push(run);
    },
  };
  const connections = new Set<RTCPeerConnection>();
  const weather: Weather = {
    ahead: 0,
    silence: () => {
      open = false;
    },
    hear() {
      open = true;
      const all = held;
      held = [];
      for (const run of all) run();
    },
    cut() {
      for (const connection of connections) connection.close();
      connections.clear();
    },
  };
  return {
    weather,
    platform: {
      ...platform,
      clock: { ...platform.clock, now: () => platform.clock.now() + weather.ahead },
      fetch: async (path, init) => {
        await new Promise<void>((resolve) => gate.pass(resolve));
        return platform.fetch(path, init);
      },
      openSocket: (path) => gatedSocket(platform.openSocket(path), gate),
      rtc: platform.rtc && {
        ...platform.rtc,
        RTCPeerConnection: gatedConnections(platform.rtc.RTCPeerConnection, gate, connections, relayOnly),
      },
    },
  };
}

function gatedSocket(inner: PlatformSocket, gate: Gate): PlatformSocket {
  const outer: PlatformSocket = {
    onmessage: null,
    onclose: null,
    send: (text) => gate.pass(() => inner.send(text)),
    close: (code) => gate.pass(() => inner.close(code)),
  };
  inner.onmessage = (event) => gate.pass(() => outer.onmessage?.(event));
  inner.onclose = (event) => gate.pass(() => outer.onclose?.(event));
  return outer;
}

function gatedConnections(
  Real: typeof RTCPeerConnection,
  gate: Gate,
  connections: Set<RTCPeerConnection>,
  relayOnly: boolean,
): typeof RTCPeerConnection {
  return class extends Real {
    constructor(configuration?: RTCConfiguration) {
      super(relayOnly ? { ...configuration, iceTransportPolicy: 'relay' } : configuration);
      connections.add(this);
    }

    override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
      return gatedChannel(super.createDataChannel(label, init), gate);
    }

    override close(): void {
      connections.delete(this);
      super.close();
    }
  };
}

function gatedChannel(channel: RTCDataChannel, gate: Gate): RTCDataChannel {
  const send = channel.send.bind(channel) as (data: string | ArrayBuffer) => void;
  Object.defineProperty(channel, 'send', {
    value: (data: string | ArrayBuffer) => {
      if (gate.isOpen()) send(data);
      else gate.pass(() => channel.readyState === 'open' && send(data));
    },
  });
  // Added before anybody else listens, so it is asked first.
  channel.addEventListener('message', (event) => {
    if (gate.isOpen()) return;
    event.stopImmediatePropagation();
    gate.pass(() => channel.dispatchEvent(new MessageEvent('message', { data: event.data as unknown })));
  });
  return channel;
}
