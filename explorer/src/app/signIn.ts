import { Store } from "./session";

/** How the reader is signed in, as the server tells it. */
export interface SignIn {
  /** Without credentials, because only this machine reaches the server. */
  automatic: boolean;
  /** With a session, which the reader can end. */
  session: boolean;
}

/** Null until it is read. */
export const signIn = new Store<SignIn | null>(null);

/** The root of the application, from the page on the screen; GraphiQL has no `base` element. */
const root = () => new URL(".", document.baseURI);

let reading = false;

/** Reads how the reader is signed in, unless it is known. */
export async function readSignIn(): Promise<void> {
  if (reading || signIn.get() !== null) return;
  reading = true;
  const response = await fetchSignedIn(new URL("session", root())).catch(() => null);
  if (response?.ok) signIn.set((await response.json()) as SignIn);
  reading = false;
}

/** As `fetch`; without a session the reader goes to the sign-in page, and comes back to this one. */
export async function fetchSignedIn(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.status === 401) goToSignIn();
  return response;
}

let leaving = false;

function goToSignIn(): void {
  if (leaving) return;
  leaving = true;
  const here = location.pathname.slice(root().pathname.length - 1) + location.search + location.hash;
  location.assign(new URL(`sign-in?next=${encodeURIComponent(here)}`, root()));
}

/** What the browser keeps about the work of a reader, which the next one does not see. */
const PERSONAL = ["kith.session", "kith.pinned", "kith.pinned.changedAt", "kith.recent"];

/** Ends the session, and opens the sign-in page. */
export async function signOut(): Promise<void> {
  const response = await fetch(new URL("sign-out", root()), { method: "POST" }).catch(() => null);
  if (!response?.ok) return;
  for (const name of PERSONAL) localStorage.removeItem(name);
  location.assign(new URL("sign-in", root()));
}
