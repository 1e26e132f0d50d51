// The names that travel between window and phone; what they carry is the contract's.

export const CALL_CHANNEL = 'phone.call';
export const EVENT_CHANNEL = 'phone.event';
/** A message is dragged out of the window. */
export const DRAG_CHANNEL = 'message.drag';
/** Sound and what is said about it, from the window and to it. */
export const SOUND_TO_PHONE = 'sound.toPhone';
export const SOUND_TO_WINDOW = 'sound.toWindow';
