// Publishing our own state. RFC 3903.
export { Publication, type PublicationOptions, type PublicationState } from './publication.ts';
