/** What the codes of failed TLS connections mean, for the log: which check failed, and on whose side. */
const FAULTS: { readonly [code: string]: string } = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  CERT_REVOKED: "its certificate was revoked",
  CERT_UNTRUSTED: "its certificate comes from an authority that is not believed",
  CERT_REJECTED: "its certificate is not for servers",
  INVALID_PURPOSE: "its certificate is not for servers",
  INVALID_CA: "its certificate was issued by one that is no authority",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is its own authority, which is not believed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an authority that is not believed",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate's authority is not known",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate's authority is not known, or a certificate between the two is missing",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate's authority is not known, or a certificate between the two is missing",
  CERT_SIGNATURE_FAILURE: "its certificate's signature is wrong",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "it speaks no version of TLS that is allowed here",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "it speaks no version of TLS that is allowed here",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "it asks for a certificate of this gateway",
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "it does not believe this gateway's certificate",
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: "it does not take this gateway's certificate",
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: "it refused the handshake",
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: "it knows no server of this name",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "it does not speak HTTP/1.1",
};

/** The code, with what it means where it is known to be about TLS. */
export function explainFault(code: string): string {
  const meaning = FAULTS[code];
  return meaning === undefined ? code : `${meaning}, ${code}`;
}
