// What MESSAGE carries. RFC 3428, RFC 3862, RFC 3994, RFC 5438.
export { CPIM_TYPE, formatCpim, parseCpim, type CpimMessage } from './cpim.ts';
export { formatImdn, IMDN_TYPE, parseImdn, type Disposition, type ImdnReport } from './imdn.ts';
export { formatIsComposing, IS_COMPOSING_TYPE, parseIsComposing, type ComposingState } from './is-composing.ts';
