// How most rows begin: somebody is about to call, a call rings or goes on, or bob has called somebody.
import type { IncomingCall, Lab, OutgoingCall } from './lab.ts';
import type { WireDialog } from './wire-dialog.ts';

type RowOf<Opening> = (opening: Opening, lab: Lab) => Promise<void> | void;
type Run = (lab: Lab) => Promise<void>;

/** Somebody is about to call or ask bob. */
export const withCaller =
  (run: RowOf<WireDialog>): Run =>
  async (lab) =>
    run(await lab.caller(), lab);

/** A call to bob rings. */
export const whileRinging =
  (run: RowOf<IncomingCall>): Run =>
  async (lab) =>
    run(await lab.ringing(), lab);

/** Bob has answered a call, and the caller acknowledged. */
export const inCall =
  (run: RowOf<IncomingCall>): Run =>
  async (lab) =>
    run(await lab.answered(), lab);

/** Bob calls somebody, whose INVITE is there. */
export const afterDialing =
  (run: RowOf<OutgoingCall>): Run =>
  async (lab) =>
    run(await lab.dialed(), lab);
