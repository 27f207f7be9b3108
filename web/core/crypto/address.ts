/** Names a device of a person. */
export interface Address {
  readonly userId: string;
  readonly deviceId: string;
}

/** For maps and sets. */
export const keyOf = ({ userId, deviceId }: Address): string => `${userId} ${deviceId}`;
