// The two names that travel between window and phone; what they carry is the contract's.

export const CALL_CHANNEL = 'phone.call';
export const EVENT_CHANNEL = 'phone.event';
