import { type HttpRequest, tlsSocketOf } from '../http/https-server';
import { sameSecret } from './admin-token';
import { type Authenticator, bearerTokenOf, type Credentials, MASTERS_GROUP } from './authenticate';

/** What a request brings to prove who sent it: its bearer token, and its certificate if the server's authority signed it. */
export function credentialsOf(incoming: HttpRequest): Credentials {
  const bearerToken = bearerTokenOf(incoming.headers);
  const socket = tlsSocketOf(incoming);
  const subject = socket.authorized ? socket.getPeerCertificate().subject : undefined;
  const commonName = [subject?.CN ?? []].flat()[0];
  const organizations = [subject?.O ?? []].flat();
  return {
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(commonName === undefined ? {} : { certificateSubject: { commonName, organizations } }),
  };
}

/** A client certificate's common name is the user, its organizations are the groups. */
export const certificateUser: Authenticator = ({ certificateSubject }) =>
  certificateSubject && { name: certificateSubject.commonName, groups: certificateSubject.organizations };

/** Believes the admin's token. */
export function adminUser(adminToken: string): Authenticator {
  const admin = { name: 'kubernetes-admin', groups: [MASTERS_GROUP] };
  return ({ bearerToken }) => (bearerToken !== undefined && sameSecret(bearerToken, adminToken) ? admin : undefined);
}
