// An authority and certificates of its own for one test file, made by openssl.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateWish {
  readonly name: string;
  /** As openssl writes them: `URI:sip:a.example,DNS:b.example`. */
  readonly alternativeNames?: string;
  /** Valid for these days; a negative number has run out. */
  readonly days?: number;
}

/** Files stand in `folder`, whose owner removes it. */
export class CertificateAuthority {
  readonly #folder: string;
  readonly authority: CertificateFiles;

  constructor(folder: string) {
    this.#folder = folder;
    this.authority = this.selfSigned({ name: 'Test Authority' });
  }

  selfSigned({ name, alternativeNames, days = 30 }: CertificateWish): CertificateFiles {
    const files = this.#paths(`self-${name}`);
    const names = alternativeNames === undefined ? [] : ['-addext', `subjectAltName=${alternativeNames}`];
    this.#openssl(
      ...['req', '-x509', ...KEY, '-days', String(days), '-subj', `/CN=${name}`, ...names],
      ...['-keyout', files.keyFile, '-out', files.certificateFile],
    );
    return read(files);
  }

  issue({ name, alternativeNames = `DNS:${name}`, days = 30 }: CertificateWish): CertificateFiles {
    const files = this.#paths(`issued-${name}-${days}`);
    const request = `${files.certificateFile}.csr`;
    const extensions = `${files.certificateFile}.ext`;
    writeFileSync(extensions, `subjectAltName=${alternativeNames}\n`);
    this.#openssl('req', ...KEY, '-subj', `/CN=${name}`, '-keyout', files.keyFile, '-out', request);
    const { certificateFile, keyFile } = this.authority;
    this.#openssl(
      ...['x509', '-req', '-in', request, '-CA', certificateFile, '-CAkey', keyFile, '-CAcreateserial'],
      ...['-days', String(days), '-extfile', extensions, '-out', files.certificateFile],
    );
    return read(files);
  }

  #paths(name: string): { certificateFile: string; keyFile: string } {
    const base = join(this.#folder, name.replace(/[^\w-]/g, '_'));
    return { certificateFile: `${base}.pem`, keyFile: `${base}.key` };
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;

const read = (files: { certificateFile: string; keyFile: string }): CertificateFiles => ({
  ...files,
  certificate: readFileSync(files.certificateFile, 'utf8'),
  key: readFileSync(files.keyFile, 'utf8'),
});
