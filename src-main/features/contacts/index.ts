// The door of the contacts.
export { Contacts, type ContactDraft, type ContactsOptions } from './contacts.ts';
