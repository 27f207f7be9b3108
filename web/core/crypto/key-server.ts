/** The server's directory of public keys (`/api/keys/*`), as the engine calls it. Answers were checked by their schemas. */
import type * as v from 'valibot';
import type * as keys from '../../../signaling/protocol/keys.ts';
import type { Result } from '../model.ts';

type In<S extends v.GenericSchema> = v.InferInput<S>;
type Out<S extends v.GenericSchema> = Promise<Result<v.InferOutput<S>>>;

export interface KeyServer {
  upload(body: In<typeof keys.keysUploadSchema>): Out<typeof keys.keysUploadAnswerSchema>;
  query(body: In<typeof keys.keysQuerySchema>): Out<typeof keys.keysQueryAnswerSchema>;
  claim(body: In<typeof keys.keysClaimSchema>): Out<typeof keys.keysClaimAnswerSchema>;
  signing(body: In<typeof keys.signingUploadSchema>): Promise<Result>;
  signatures(body: In<typeof keys.signaturesUploadSchema>): Promise<Result>;
}
