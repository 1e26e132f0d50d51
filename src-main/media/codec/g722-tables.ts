// The constant tables of G.722 at 64 kbit/s. ITU-T G.722 §3, §5.

/** Decision levels of the lower band's 60-level quantizer. Table 14. */
export const LOW_DECISIONS = Int16Array.of(
  0,
  35,
  72,
  110,
  150,
  190,
  233,
  276,
  323,
  370,
  422,
  473,
  530,
  587,
  650,
  714,
  786,
  858,
  940,
  1023,
  1121,
  1219,
  1339,
  1458,
  1612,
  1765,
  1980,
  2195,
  2557,
  2919,
);

/** The code of level 1 to 30 for a negative difference: 63, 62, then downwards from 31. */
export const lowCodeNegative = (level: number): number => (level <= 2 ? 64 - level : 34 - level);

/** The code of level 1 to 30 for a positive difference: downwards from 61. */
export const lowCodePositive = (level: number): number => 62 - level;

/** Logarithmic scale factor steps of the lower band. */
export const LOW_SCALE_STEPS = Int16Array.of(-60, -30, 58, 172, 334, 538, 1198, 3042);
/** From 4-bit code to its magnitude class. */
export const LOW_CLASSES = Uint8Array.of(0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0);

/** 2048 times two to the power of n/32. */
export const LOG_TO_LINEAR = Int16Array.of(
  2048,
  2093,
  2139,
  2186,
  2233,
  2282,
  2332,
  2383,
  2435,
  2489,
  2543,
  2599,
  2656,
  2714,
  2774,
  2834,
  2896,
  2960,
  3025,
  3091,
  3158,
  3228,
  3298,
  3371,
  3444,
  3520,
  3597,
  3676,
  3756,
  3838,
  3922,
  4008,
);

/** Inverse quantizer of the upper band, 2 bits. */
export const HIGH_INVERSE = Int16Array.of(-7408, -1616, 7408, 1616);
/** Inverse quantizer of the lower band with the two lowest bits dropped, which drives the predictor. */
export const LOW_INVERSE_4 = Int16Array.of(
  0,
  -20456,
  -12896,
  -8968,
  -6288,
  -4240,
  -2584,
  -1200,
  20456,
  12896,
  8968,
  6288,
  4240,
  2584,
  1200,
  0,
);
/** Inverse quantizer of the lower band, 6 bits: what is heard. */
export const LOW_INVERSE_6 = Int16Array.of(
  -136,
  -136,
  -136,
  -136,
  -24808,
  -21904,
  -19008,
  -16704,
  -14984,
  -13512,
  -12280,
  -11192,
  -10232,
  -9360,
  -8576,
  -7856,
  -7192,
  -6576,
  -6000,
  -5456,
  -4944,
  -4464,
  -4008,
  -3576,
  -3168,
  -2776,
  -2400,
  -2032,
  -1688,
  -1360,
  -1040,
  -728,
  24808,
  21904,
  19008,
  16704,
  14984,
  13512,
  12280,
  11192,
  10232,
  9360,
  8576,
  7856,
  7192,
  6576,
  6000,
  5456,
  4944,
  4464,
  4008,
  3576,
  3168,
  2776,
  2400,
  2032,
  1688,
  1360,
  1040,
  728,
  432,
  136,
  -432,
  -136,
);

/** Scale factor step of the upper band by its 2-bit code. */
export const HIGH_SCALE_STEPS = Int16Array.of(798, -214, 798, -214);

/** Half of the symmetric 24-tap quadrature mirror filter. Table 11. */
export const QMF = Int16Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);
