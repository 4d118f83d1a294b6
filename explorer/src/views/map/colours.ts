/** The colours of the tokens as the drawing library needs them; read again when the colour scheme changes. */
export interface Colours {
  paper: string;
  ink: string;
  ink2: string;
  ink3: string;
  edge: string;
  line: string;
  line2: string;
  us: string;
  usMid: string;
  usSoft: string;
  you: string;
  sunken: string;
}

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: token("paper"),
    ink: token("ink"),
    ink2: token("ink-2"),
    ink3: token("ink-3"),
    edge: token("edge"),
    line: token("line"),
    line2: token("line-2"),
    us: token("us-fill"),
    usMid: token("us-mid"),
    usSoft: token("us-soft"),
    you: token("you"),
    sunken: token("sunken"),
  };
}

/** A colour that is faded into the paper. */
export function faded(colour: string, paper: string, share: number): string {
  const [one, other] = [channels(colour), channels(paper)];
  const mixed = one.map((value, at) => Math.round(value * share + other[at]! * (1 - share)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function channels(hex: string): number[] {
  // The build shortens colours such as #ffffff.
  const long = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1);
  return [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16));
}
