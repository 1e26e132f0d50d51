// Who may import whom (docs/architecture.md). One direction, through a folder's index.ts; a breach fails `npm run check`.
const NETWORK = '^(node:)?(dgram|net|tls|dns|http|https|http2)(/promises)?$';
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
/** `room` may import only itself and `allowed` (of the project's own code). */
const only = (room, allowed) =>
  rule(
    `only-${room.replaceAll('/', '-')}`,
    `${room} may import only: itself, ${allowed.join(', ') || 'nothing'}`,
    { path: `^${room}/` },
    {
      path: '^src-',
      pathNot: [`^${room}/`, ...allowed.map((a) => `^${a}/`)],
    },
  );

const S = 'src-main';
const LEAVES = ['rtp', 'rtcp', 'srtp', 'dtls', 'nat', 'jitter', 'codec', 'dsp', 'voice', 'device', 'recording'];
/** Rooms below a feature: only the feature itself opens their doors. */
const FEATURE_ROOMS = {
  call: ['arrival', 'conference', 'identity', 'transfer'],
  away: [
    'calendar',
    'delivery',
    'greeting',
    'machine',
    'messages',
    'remote-access',
    'sealing',
    'transcripts',
    'ways-in',
  ],
};
const roomsBelow = ([feature, rooms]) => {
  const home = `${S}/features/${feature}`;
  return [
    ...rooms.map((room) =>
      rule(
        `door-${feature}-${room}`,
        `features/${feature}/${room} is entered through its index.ts.`,
        { path: '^src-', pathNot: `^${home}/${room}/` },
        { path: `^${home}/${room}/`, pathNot: `^${home}/${room}/index\\.ts$` },
      ),
    ),
    rule(
      `door-${feature}`,
      `The rooms below ${feature} are its own; others take the door of ${feature}.`,
      { path: '^src-', pathNot: `^${home}/` },
      { path: `^${home}/[^/]+/` },
    ),
  ];
};

module.exports = {
  forbidden: [
    rule('no-cycle', 'A ring of files cannot be understood one at a time.', {}, { circular: true }),
    only('src-shared', []),
    only(`${S}/base`, []),
    only(`${S}/boot`, []),
    only(`${S}/sip/syntax`, [`${S}/base`]),
    only(`${S}/sip/transport`, [`${S}/base`, `${S}/sip/syntax`]),
    only(`${S}/sip/transaction`, [`${S}/base`, `${S}/sip/syntax`, `${S}/sip/transport`]),
    only(`${S}/sip/core`, [`${S}/base`, `${S}/sip/syntax`, `${S}/sip/transaction`]),
    only(`${S}/sip/usage`, [`${S}/base`, `${S}/sip/syntax`, `${S}/sip/core`]),
    only(`${S}/sdp`, [`${S}/base`]),
    ...LEAVES.map((leaf) => only(`${S}/media/${leaf}`, [`${S}/base`])),
    only(`${S}/media/session`, [`${S}/base`, ...LEAVES.map((leaf) => `${S}/media/${leaf}`)]),
    only(`${S}/media/control`, [`${S}/base`, `${S}/media/session`]),
    only(`${S}/media/process`, [`${S}/base`, `${S}/media/session`, `${S}/media/control`]),
    only(`${S}/storage`, [`${S}/base`]),
    rule(
      'only-features',
      'A feature imports base, sip, sdp, media, storage and features below it.',
      { path: `^${S}/features/` },
      {
        path: '^src-',
        pathNot: [`^${S}/(base|sip|sdp|media|storage|features)/`],
      },
    ),
    rule(
      'features-downward',
      'call and registration are the ground floor of the features.',
      { path: `^${S}/features/(call|registration|contacts)/` },
      {
        path: `^${S}/features/(away|history|diagnostics|testline|messaging|presence|pickup|referral|quality)/`,
      },
    ),
    ...Object.entries(FEATURE_ROOMS).flatMap(roomsBelow),
    only(`${S}/app`, [`${S}/(base|sip|sdp|media|storage|features)`, 'src-shared']),
    only(`${S}/shell`, [`${S}/(base|app)`, 'src-shared']),
    only(`${S}/web`, [`${S}/(base|app)`, 'src-shared']),
    only(`${S}/headless`, [`${S}/(base|app)`, 'src-shared']),
    only('src-renderer', ['src-shared']),
    rule(
      'doors',
      'A room is entered through its index.ts.',
      { path: `^${S}/((?:sip|media|features)/[^/]+|[^/]+)/` },
      {
        path: `^${S}/(?:(?:sip|media|features)/[^/]+|[^/]+)/`,
        pathNot: [`^${S}/$1/`, '/index\\.ts$', `^${S}/base/`],
      },
    ),
    rule(
      'media-door',
      'The media island has one door.',
      { path: `^${S}/(?!media/)` },
      { path: `^${S}/media/`, pathNot: `^${S}/media/index\\.ts$` },
    ),
    rule(
      'contract-door',
      'The contract is entered through its index.ts.',
      { path: '^src-(main|renderer)/' },
      { path: '^src-shared/', pathNot: '^src-shared/contract/index\\.ts$' },
    ),
    rule(
      'network-in-sip',
      'Only transport opens sockets in sip.',
      { path: `^${S}/sip/(?!transport/)` },
      { path: NETWORK },
    ),
    rule(
      'network-in-media',
      'Only rtp and nat open sockets in media.',
      { path: `^${S}/media/(?!rtp/|nat/)` },
      { path: NETWORK },
    ),
    rule('network-in-base', 'base has no network.', { path: `^${S}/(base|sdp|storage)/` }, { path: NETWORK }),
    rule(
      'naudiodon-in-device',
      'The sound driver is loaded in one room only.',
      { path: '^src-', pathNot: `^${S}/media/device/` },
      { path: 'naudiodon' },
    ),
    rule(
      'electron-in-shell',
      'Only the shell knows Electron.',
      { path: '^src-', pathNot: `^${S}/shell/` },
      { path: '(^|node_modules/)electron(/|$)' },
    ),
    rule(
      'no-node-in-renderer',
      'The window has no Node.',
      { path: '^src-(renderer|shared)/' },
      { dependencyTypes: ['core'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.svelte.ts', '.svelte', '.js', '.mjs', '.json'] },
  },
};
