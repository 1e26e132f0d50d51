// What a server says of the credentials that it accepted. RFC 7616 §3.5, RFC 3261 §20.6.
import type { Grammar } from './header-type.ts';
import { formatParameter, Parameters, scanParameter, type Parameter } from './parameters.ts';
import { COMMA, Scanner } from './scanner.ts';

/** RFC 7616 §3.5: parameters separated by commas, such as nextnonce and rspauth. */
export const authenticationInfoGrammar: Grammar<Parameters> = {
  parse: (text) => {
    const scanner = new Scanner(text);
    const items: Parameter[] = [];
    do {
      const item = scanParameter(scanner);
      if (!item) return undefined;
      items.push(item);
    } while (scanner.eatSeparator(COMMA));
    return scanner.finishes() ? new Parameters(items) : undefined;
  },
  format: (parameters) => parameters.entries().map(formatParameter).join(', '),
};
