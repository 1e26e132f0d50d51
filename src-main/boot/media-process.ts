// What the phone forks for its sound: the bundle of the media process, which runs by being loaded.
import { optimiseEarly } from './optimise-early.ts';
import { runBundle } from './run-bundle.ts';

runBundle(import.meta.dirname, 'media');
optimiseEarly();
