// Chooses the engine by what is in the model's folder.
import { err, ok, type Result } from '../../../base/result.ts';
import { createPocketsphinx, findPocketsphinx } from './pocketsphinx-engine.ts';
import { findPocketsphinxModel } from './pocketsphinx-model.ts';
import type { SpeechEngine } from './speech-engine.ts';

/** The failure is a sentence for the user. */
export function findEngine(folder: string): Result<SpeechEngine, string> {
  const model = findPocketsphinxModel(folder);
  if (!model) return err(`There is no speech model in ${folder}.`);
  const program = findPocketsphinx();
  if (program === undefined) return err('This speech model needs the program pocketsphinx_continuous.');
  return ok(createPocketsphinx(program, model));
}
