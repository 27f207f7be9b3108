/** Bodies of the HTTP API. openapi.ts on the server turns the same schemas into /api/openapi.json. */
import * as v from 'valibot';
import {
  aliasSchema,
  chosenPresenceSchema,
  displayNameSchema,
  idSchema,
  lineSchema,
  opaqueMessageSchema,
  personSchema,
  presenceSchema,
  secretSchema,
  statusTextSchema,
  timeSchema,
  userNameInputSchema,
} from './common.ts';
import { LIMITS } from './limits.ts';
import { resealedVaultSchema } from './vault.ts';

// --- The server as a whole -------------------------------------------------------------------------------------

/** GET /api/info: what a page needs to know before anyone has signed in. */
export const infoSchema = v.object({
  version: v.string(),
  protocol: v.number(),
  registration: v.picklist(['open', 'invite', 'closed']),
  /** Whether the host allows public rooms. */
  rooms: v.boolean(),
  /** The largest file that may wait for a device that is not there, in sealed bytes; 0: none may. */
  waitingFileMax: v.number(),
});
export type Info = v.InferOutput<typeof infoSchema>;

// --- Accounts and sessions -------------------------------------------------------------------------------------

export const meSchema = v.object({
  ...personSchema.entries,
  kind: v.picklist(['account', 'guest']),
  deviceId: idSchema,
  presence: chosenPresenceSchema,
  statusText: v.string(),
});
export type Me = v.InferOutput<typeof meSchema>;

/** Describes the browser that signs in; shown in the list of devices. */
export const deviceInfoSchema = v.object({
  name: lineSchema(LIMITS.deviceNameMax),
  clientVersion: lineSchema(LIMITS.clientVersionMax),
});

/** POST /api/auth/register/start */
export const registerStartSchema = v.object({
  userName: userNameInputSchema,
  registrationRequest: opaqueMessageSchema,
  /** Needed when the host registers by invite only: the code of a friend invite. */
  invite: v.optional(secretSchema),
});
export const registerStartAnswerSchema = v.object({ registrationResponse: opaqueMessageSchema });

/** POST /api/auth/register/finish -> Me, and the session cookie */
export const registerFinishSchema = v.object({
  userName: userNameInputSchema,
  displayName: displayNameSchema,
  registrationRecord: opaqueMessageSchema,
  invite: v.optional(secretSchema),
  device: deviceInfoSchema,
});

/** POST /api/auth/login/start. The answer for a user who does not exist has the same form and takes the same time. */
export const loginStartSchema = v.object({
  userName: userNameInputSchema,
  startLoginRequest: opaqueMessageSchema,
});
export const loginStartAnswerSchema = v.object({ loginId: idSchema, loginResponse: opaqueMessageSchema });

/** Proof that the password is known, for signing in and for everything that asks for it again. */
export const loginProofSchema = v.object({ loginId: idSchema, finishLoginRequest: opaqueMessageSchema });

/** POST /api/auth/login/finish -> Me, and the session cookie */
export const loginFinishSchema = v.object({ ...loginProofSchema.entries, device: deviceInfoSchema });

/** POST /api/auth/password/start (signed in) -> registerStartAnswer */
export const passwordStartSchema = v.object({ registrationRequest: opaqueMessageSchema });
/**
 * POST /api/auth/password/finish: the old password proved, the new one recorded; every other device is logged out. With
 * `vault` the new one opens the account's secrets from the same moment on; 409 `conflict`, and nothing is changed, when
 * another device wrote them meanwhile.
 */
export const passwordFinishSchema = v.object({
  proof: loginProofSchema,
  registrationRecord: opaqueMessageSchema,
  vault: v.optional(resealedVaultSchema),
});

/** PATCH /api/me */
export const mePatchSchema = v.object({
  displayName: v.optional(displayNameSchema),
  statusText: v.optional(statusTextSchema),
});

/** POST /api/me/delete: a guest has no password to prove. */
export const meDeleteSchema = v.object({ proof: v.optional(loginProofSchema) });

/** GET /api/devices */
export const deviceSchema = v.object({
  id: idSchema,
  name: v.string(),
  clientVersion: v.string(),
  address: v.string(),
  createdAt: timeSchema,
  lastSeen: timeSchema,
  online: v.boolean(),
  current: v.boolean(),
});
export type Device = v.InferOutput<typeof deviceSchema>;
export const devicesSchema = v.object({ devices: v.array(deviceSchema) });

// --- Contacts --------------------------------------------------------------------------------------------------

/** A friend: both have agreed. */
export const contactSchema = v.object({
  ...personSchema.entries,
  kind: v.picklist(['account', 'guest']),
  /** The name I gave them; empty if none. */
  alias: v.string(),
  /** No notices of what they write; the same on all of one's devices. */
  muted: v.optional(v.boolean()),
  since: timeSchema,
  presence: presenceSchema,
});
export type Contact = v.InferOutput<typeof contactSchema>;

/** Someone asks to be my friend. */
export const incomingRequestSchema = v.object({ ...personSchema.entries, requestedAt: timeSchema });
export type IncomingRequest = v.InferOutput<typeof incomingRequestSchema>;

/** I asked. Looks the same whether or not that user exists, declined, or blocked me. */
export const outgoingRequestSchema = v.object({
  id: idSchema,
  userName: v.string(),
  requestedAt: timeSchema,
});
export type OutgoingRequest = v.InferOutput<typeof outgoingRequestSchema>;

export const blockedSchema = personSchema;

/** GET /api/contacts, and part of the socket's `welcome`. */
export const contactListSchema = v.object({
  contacts: v.array(contactSchema),
  incoming: v.array(incomingRequestSchema),
  outgoing: v.array(outgoingRequestSchema),
  blocked: v.array(blockedSchema),
});
export type ContactList = v.InferOutput<typeof contactListSchema>;

/** POST /api/contacts/requests -> OutgoingRequest, always 202. DELETE /api/contacts/requests/:id takes it back. */
export const contactRequestSchema = v.object({ userName: userNameInputSchema });

/** POST /api/contacts/incoming/:userId/{accept,decline,block} -> 204 */
/** PATCH /api/contacts/:userId */
export const contactPatchSchema = v.object({
  alias: v.optional(aliasSchema),
  muted: v.optional(v.boolean()),
});
export type ContactPatch = v.InferOutput<typeof contactPatchSchema>;
/** DELETE /api/contacts/:userId; POST /api/contacts/:userId/block; DELETE /api/contacts/blocked/:userId -> 204 */

// --- Invite links ----------------------------------------------------------------------------------------------

/** `friend`: whoever opens it, signs in or registers becomes a contact. `guest`: also works with nothing but a name. */
export const inviteKindSchema = v.picklist(['friend', 'guest']);

/** POST /api/invites -> CreatedInvite; the code is shown once and stored hashed. */
export const inviteCreateSchema = v.object({ kind: inviteKindSchema });
export const inviteSchema = v.object({
  id: idSchema,
  kind: inviteKindSchema,
  createdAt: timeSchema,
  expiresAt: timeSchema,
  uses: v.number(),
});
export type Invite = v.InferOutput<typeof inviteSchema>;
export const createdInviteSchema = v.object({ ...inviteSchema.entries, code: secretSchema });
export type CreatedInvite = v.InferOutput<typeof createdInviteSchema>;
/** GET /api/invites; DELETE /api/invites/:id -> 204 */
export const invitesSchema = v.object({ invites: v.array(inviteSchema) });

/** POST /api/invites/look {code}: who invites (POST, so that the code stays out of logs and history). */
export const inviteCodeSchema = v.object({ code: secretSchema });
export const inviteLookSchema = v.object({
  kind: inviteKindSchema,
  inviter: v.object({ displayName: v.string() }),
});
export type InviteLook = v.InferOutput<typeof inviteLookSchema>;

/** POST /api/invites/accept {code} (signed in) -> { contactId } */
export const inviteAcceptedSchema = v.object({ contactId: idSchema });

/** POST /api/guest -> Me, and the session cookie of a guest */
export const guestSchema = v.object({
  code: secretSchema,
  displayName: displayNameSchema,
  device: deviceInfoSchema,
});

// --- ICE -------------------------------------------------------------------------------------------------------

/** GET /api/ice-servers: as RTCConfiguration.iceServers; the credentials hold until `expiresAt`. */
export const iceServersSchema = v.object({
  iceServers: v.array(
    v.object({
      urls: v.array(v.string()),
      username: v.optional(v.string()),
      credential: v.optional(v.string()),
    }),
  ),
  expiresAt: timeSchema,
});
export type IceServers = v.InferOutput<typeof iceServersSchema>;
