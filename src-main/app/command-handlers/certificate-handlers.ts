// certificate.* : the user's answer about a server that cannot prove who it is.
import { refusal, type CommandHandlers } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { done } from './reply.ts';

export function certificateHandlers({
  certificates,
}: PhoneParts): Pick<CommandHandlers, 'certificate.trust' | 'certificate.refuse'> {
  const answered = (isThere: boolean) =>
    Promise.resolve(isThere ? done : refusal('notFound', 'This question about a certificate is over.'));
  return {
    'certificate.trust': ({ id }) => answered(certificates.trust(id)),
    'certificate.refuse': ({ id }) => answered(certificates.refuse(id)),
  };
}
