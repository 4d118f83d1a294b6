/** The radii of the marks, in the unit of the map. */
export const PERSON = 0.55;
export const OURS = 0.85;
export const THING = 0.55;
