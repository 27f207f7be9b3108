/** The version of everything that a page and a server say to each other. A change of any schema here must raise it (version.test.ts holds that). */

/** Sent as `v` in the socket's address and as the header `Holler-Protocol` on every API call. */
export const PROTOCOL_VERSION = 1;

export const PROTOCOL_HEADER = 'Holler-Protocol';

/** Path of the WebSocket endpoint. */
export const SOCKET_PATH = '/api/socket';
