// The door of referral: calls that somebody asks this phone to place, outside any call.
export { judgeReferral, type ReferralFacts, type ReferralPolicy, type ReferralVerdict } from './referral-policy.ts';
export { Referrals, type ReferralQuestion, type ReferralSettings, type ReferralsOptions } from './referrals.ts';
