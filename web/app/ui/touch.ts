/** Whether people point with a finger here. Kept, since it is asked for with every key. */
const coarsePointer = matchMedia('(pointer: coarse)');

export const pointsByFinger = (): boolean => coarsePointer.matches;
