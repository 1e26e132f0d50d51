// What a status code means to people.

/** Why a call came to nothing. RFC 3261 §21 */
export const PLAIN_ENDINGS: Readonly<Record<number, string>> = {
  403: 'The call was not allowed',
  404: 'There is nobody at this address',
  408: 'No answer from the other side',
  480: 'Not available right now',
  486: 'Busy',
  487: 'Cancelled',
  488: 'No common way to send sound',
  503: 'The service is not available',
  600: 'Busy',
  603: 'Declined',
};
