// What `nightjar start` starts: the phone's bundle, as the app with a window.
import { runBundle } from './run-bundle.ts';

const { startWeb } = runBundle(import.meta.dirname, 'phone') as { readonly startWeb: () => void };
startWeb();
