// What `nightjar daemon`, `call`, `ctl` … start: the phone's bundle, as the command line.
import { runBundle } from './run-bundle.ts';

const { startHeadless } = runBundle(import.meta.dirname, 'phone') as { readonly startHeadless: () => void };
startHeadless();
