// The places that the navigation leads to.

export type PlaceName = 'phone' | 'people' | 'history' | 'messages' | 'settings';
