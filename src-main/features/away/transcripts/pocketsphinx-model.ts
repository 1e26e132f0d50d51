// Finds the parts of a PocketSphinx model in a folder: sounds, words and how they follow each other.
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface PocketsphinxModel {
  readonly acousticFolder: string;
  readonly languageFile: string;
  readonly dictionaryFile: string;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Takes the folder of the whole model, or the one with the sounds inside it; undefined when something is missing. */
export function findPocketsphinxModel(folder: string): PocketsphinxModel | undefined {
  const acousticFolder = [folder, ...foldersIn(folder)].find((place) => namesIn(place).includes('mdef'));
  if (acousticFolder === undefined) return undefined;
  for (const place of new Set([folder, acousticFolder, dirname(acousticFolder)])) {
    const names = namesIn(place);
    // A model of single sounds has no words.
    const language = names.find((name) => /\.lm(\.bin|\.dmp)?$/i.test(name) && !name.includes('phone'));
    const dictionary = names.find((name) => /\.(dict|dic)$/i.test(name));
    if (language === undefined || dictionary === undefined) continue;
    return { acousticFolder, languageFile: join(place, language), dictionaryFile: join(place, dictionary) };
  }
  return undefined;
}

const foldersIn = (folder: string): readonly string[] =>
  namesIn(folder)
    .map((name) => join(folder, name))
    .filter(isFolder);

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
