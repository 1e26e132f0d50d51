// Reads the certificates that the config file names, before anything is opened with them.
import { readFileSync } from 'node:fs';
import type { SipSettings } from '../../src-shared/contract/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import { openTlsContext, type TlsMaterial } from '../sip/transport/index.ts';

/** The failure names the file, or says what does not fit. */
export function readTlsFiles(tls: SipSettings['tls']): Result<TlsMaterial, string> {
  const { certificateFile, keyFile, trustedCertificateFiles } = tls;
  try {
    const material: TlsMaterial = {
      ...(certificateFile !== null && { certificate: read(certificateFile) }),
      ...(keyFile !== null && { key: read(keyFile) }),
      trustedCertificates: trustedCertificateFiles.map(read),
    };
    const isNothing = certificateFile === null && keyFile === null && trustedCertificateFiles.length === 0;
    const opened = isNothing ? undefined : openTlsContext(material);
    return opened && !opened.ok ? err(`sip.tls: ${opened.error}`) : ok(material);
  } catch (error) {
    return err(`sip.tls: ${(error as Error).message}`);
  }
}

const read = (file: string): string => readFileSync(file, 'utf8');
