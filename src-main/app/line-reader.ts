// Cuts a stream of bytes into lines, with a limit on what one line may take.

/** Calls `onLine` for every whole line; false when a line outgrew `limitBytes` and the stream should be closed. */
export function createLineReader(limitBytes: number, onLine: (line: string) => void): (chunk: Buffer) => boolean {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  return (chunk) => {
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...kept, rest.subarray(0, end)]).toString('utf8');
      kept = [];
      keptBytes = 0;
      rest = rest.subarray(end + 1);
      if (line.trim() !== '') onLine(line);
    }
    if (rest.length > 0) {
      kept.push(rest);
      keptBytes += rest.length;
    }
    return keptBytes <= limitBytes;
  };
}
