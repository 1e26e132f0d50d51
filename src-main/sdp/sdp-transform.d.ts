// The part of the sdp-transform library that this room uses; the library brings no types of its own.

declare module 'sdp-transform' {
  type Text = string | number;

  interface Origin {
    username: Text;
    sessionId: Text;
    sessionVersion: Text;
    netType: string;
    ipVer: Text;
    address: Text;
  }

  interface Connection {
    version: Text;
    ip: Text;
  }

  interface Rtp {
    payload: Text;
    codec: Text;
    rate?: Text;
    encoding?: Text;
  }

  interface Fmtp {
    payload: Text;
    config: Text;
  }

  interface Rtcp {
    port: Text;
    netType?: string;
    ipVer?: Text;
    address?: Text;
  }

  interface Section {
    connection?: Connection;
    direction?: string;
    ptime?: Text;
    maxptime?: Text;
    rtcp?: Rtcp;
    rtcpMux?: string;
    /** Attributes that the library does not know; written as they are. */
    invalid?: { value: string }[];
  }

  interface Media extends Section {
    /** Undefined when the m= line is malformed. */
    type?: Text;
    port?: Text;
    protocol?: Text;
    payloads?: Text;
    rtp?: Rtp[];
    fmtp?: Fmtp[];
  }

  interface Session extends Section {
    version?: Text;
    origin?: Origin;
    name?: Text;
    timing?: { start: Text; stop: Text };
    media: Media[];
  }

  export function parse(text: string): Session;
  export function write(session: Session): string;
}
