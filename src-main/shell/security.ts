// What no page may do: ask for permissions (but the microphone, where the window lends its sound, and notices), open windows, or navigate away. Links from the network are text.
import { app, session, type MediaAccessPermissionRequest } from 'electron';

const isOurs = (url: string): boolean => url.startsWith('file://');
const isHarmless = (permission: string): boolean =>
  permission === 'speaker-selection' || permission === 'notifications';

export function secureSession(): void {
  session.defaultSession.setPermissionRequestHandler((contents, permission, decide, details) => {
    const { mediaTypes = [] } = details as MediaAccessPermissionRequest;
    const isMicrophone = permission === 'media' && mediaTypes.every((type) => type === 'audio');
    decide((isMicrophone || isHarmless(permission)) && isOurs(contents.getURL()));
  });
  session.defaultSession.setPermissionCheckHandler((contents, permission, _origin, details) => {
    const isMicrophone = permission === 'media' && details.mediaType === 'audio';
    return contents !== null && (isMicrophone || isHarmless(permission)) && isOurs(contents.getURL());
  });
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
