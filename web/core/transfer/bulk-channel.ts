/** A data channel for much data: it says when there is room, and never holds more than a mebibyte. */

/** The part of RTCDataChannel that is used. */
export type DataChannel = Pick<
  RTCDataChannel,
  'readyState' | 'bufferedAmount' | 'bufferedAmountLowThreshold' | 'addEventListener' | 'removeEventListener'
> & { send(data: string | Uint8Array<ArrayBuffer>): void };

export interface BulkChannel {
  /** False if the channel is closed: then nothing was sent. */
  send(data: string | Uint8Array<ArrayBuffer>): boolean;
  /** Resolves to true when more may be sent, to false when the channel is closed. */
  room(): Promise<boolean>;
}

const FULL = 1024 * 1024;
/** Refilled from here on: late enough to sleep in between, early enough that the network never waits. */
const LOW = 256 * 1024;

export function createBulkChannel(channel: DataChannel): BulkChannel {
  channel.bufferedAmountLowThreshold = LOW;

  function drained(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        channel.removeEventListener('bufferedamountlow', end);
        channel.removeEventListener('close', end);
        resolve();
      };
      channel.addEventListener('bufferedamountlow', end);
      channel.addEventListener('close', end);
    });
  }

  return {
    send(data) {
      if (channel.readyState !== 'open') return false;
      channel.send(data);
      return true;
    },
    async room() {
      while (channel.readyState === 'open' && channel.bufferedAmount >= FULL) await drained();
      return channel.readyState === 'open';
    },
  };
}
