import { SaveSettingsDocument, type SaveSettingsInput, type SaveSettingsMutation } from "../generated/graphql";
import { client, failureOf, type Failure } from "./client";
import { pinned, session, type Subject } from "./session";

/** Saves settings of the reader on the server. Without a user who represents the reader they stay in the browser. */
export async function saveSettings(settings: Omit<SaveSettingsInput, "user">): Promise<Failure | null> {
  const user = session.get().user?.id;
  if (!user) return null;
  const variables = { input: { user, ...settings } };
  // A page that is left or loaded again at once must not lose what its reader saved.
  const { error } = await client
    .mutation<SaveSettingsMutation>(SaveSettingsDocument.toString(), variables, { fetchOptions: { keepalive: true } })
    .toPromise();
  return error ? failureOf(error) : null;
}

/** Pins a subject to the rail or removes it, and returns whether it is pinned now. */
export function togglePin(subject: Subject): boolean {
  const before = pinned.get();
  const without = before.filter(({ id }) => id !== subject.id);
  const pin = without.length === before.length;
  pinned.set(pin ? [...before, subject] : without);
  void saveSettings({ pins: pinned.get().map(({ id }) => id) });
  return pin;
}
