// What the law of a country wants where calls are recorded, in plain words, and the settings that follow. No legal advice.

/** `everybody` in a call must agree to its being recorded, or `one` of its parties may record it for himself. */
export type Consent = 'everybody' | 'one';

/** By ISO 3166 code. Where parts of a country differ the stricter rule stands here. */
export const CONSENT: Readonly<Record<string, Consent>> = {
  ...{ AU: 'everybody', CA: 'one', CH: 'everybody', DE: 'everybody', DK: 'one', ES: 'one', FI: 'one', FR: 'everybody' },
  ...{ GB: 'one', IE: 'one', IT: 'one', JP: 'one', NL: 'one', NO: 'one', NZ: 'one', PL: 'one', PT: 'everybody' },
  ...{ SE: 'one', US: 'everybody' },
};

/** A country that is not in the list: the strict rule. */
export const ELSEWHERE = 'elsewhere';

const consentOf = (country: string): Consent => CONSENT[country] ?? 'everybody';

export const countryName = (country: string, names = new Intl.DisplayNames(undefined, { type: 'region' })): string =>
  country === ELSEWHERE ? 'another country' : (names.of(country) ?? country);

/** `In Germany everybody in a call must agree …` */
export function consentSentence(country: string): string {
  const where = country === ELSEWHERE ? 'Where you are not sure, take it that' : `In ${countryName(country)}`;
  return consentOf(country) === 'everybody'
    ? `${where} everybody in a call must agree to its being recorded: callers of the answering machine hear a notice, and recorded calls begin with a tone.`
    : `${where} whoever takes part in a call may record it for himself: nothing is said, unless you switch it on.`;
}

/** What is set when the country is chosen. */
export const presetOf = (country: string): { readonly notice: boolean; readonly beep: 'start' | 'off' } =>
  consentOf(country) === 'everybody' ? { notice: true, beep: 'start' } : { notice: false, beep: 'off' };

const KEY = 'nightjar.country';

/** Empty before it was chosen. */
export function readCountry(storage: Pick<Storage, 'getItem'>): string {
  try {
    const country = storage.getItem(KEY) ?? '';
    return country === ELSEWHERE || country in CONSENT ? country : '';
  } catch {
    return '';
  }
}

/** A window that may keep nothing forgets it when it closes; what was set stays. */
export function keepCountry(storage: Pick<Storage, 'setItem'>, country: string): void {
  try {
    storage.setItem(KEY, country);
  } catch {
    return;
  }
}
