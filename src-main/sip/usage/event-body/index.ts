// What NOTIFY and PUBLISH carry. RFC 3842, RFC 3863, RFC 4235, RFC 4575, RFC 6035.
export { CONFERENCE_INFO_TYPE, ConferenceRoster, parseConferenceInfo, type Participant } from './conference-info.ts';
export {
  DIALOG_INFO_TYPE,
  DialogWatch,
  formatDialogInfo,
  parseDialogInfo,
  type DialogState,
  type LineState,
  type ToldDialog,
  type WatchedDialog,
} from './dialog-info.ts';
export {
  formatMessageSummary,
  MESSAGE_SUMMARY_TYPE,
  parseMessageSummary,
  type MessageSummary,
} from './message-summary.ts';
export { formatPidf, parsePidf, PIDF_TYPE, type Activity, type PresenceState } from './pidf.ts';
export {
  formatVoiceQuality,
  VOICE_QUALITY_EVENT,
  VOICE_QUALITY_TYPE,
  type VoiceQualityAlert,
  type VoiceQualityMetrics,
  type VoiceQualityReport,
} from './voice-quality.ts';
