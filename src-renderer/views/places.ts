// The places that the navigation leads to.

export type PlaceName = 'phone' | 'history' | 'messages' | 'settings';
