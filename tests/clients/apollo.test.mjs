// Runs the recipes of docs/clients/apollo.md against the server whose URL is the first argument.
import assert from "node:assert/strict";
import { createAll, relocate } from "./bulk.js";
import { chart } from "./chart.js";
import { connect } from "./client.js";
import { readAccount } from "./detail.js";
import { create, remove, rename } from "./edit.js";
import { save, submit } from "./form.js";
import { ACCOUNTS, watchAccounts } from "./list.js";
import { suggestions } from "./typeahead.js";

const client = connect(process.argv[2]);
const prefix = "Apollo recipe";
const where = { name: { startsWith: prefix } };
const names = (result) => (result.data?.accounts?.edges ?? []).map(({ node }) => node.name);

// The cache tells its watchers in a later tick.
async function shows(list, expected) {
  for (let at = 0; at < 250 && names(list.getCurrentResult()).length !== expected.length; at += 1) {
    await new Promise((wake) => setTimeout(wake, 20));
  }
  assert.deepEqual(names(list.getCurrentResult()), expected);
}

// Many records at once: one of four is refused, the others of its batch with it.
const refused = await createAll(client, [{ name: `${prefix} 00` }, { name: "" }]);
assert.equal(refused.count, 0);
assert.ok(refused.results[1].errors[0].field.endsWith("name"));
const items = Array.from({ length: 25 }, (_, at) => ({ name: `${prefix} ${String(at).padStart(2, "0")}` }));
const created = await createAll(client, items);
assert.equal(created.count, 25);
const ids = created.results.map(({ recordId }) => recordId);
assert.equal((await relocate(client, ids, "Ulm")).accounts.every(({ city }) => city === "Ulm"), true);

// A list that scrolls in both directions, from its middle.
const all = items.map(({ name }) => name);
const whole = await client.query({ query: ACCOUNTS, variables: { where, first: 100 }, fetchPolicy: "no-cache" });
assert.deepEqual(names(whole), all);
const { list, next } = watchAccounts(client, where, 10);
const subscription = list.subscribe({});
await shows(list, all.slice(0, 10));
await next();
await shows(list, all.slice(0, 20));
await next();
await shows(list, all);
assert.equal(list.getCurrentResult().data.accounts.pageInfo.hasNextPage, false);
subscription.unsubscribe();

const middle = connect(process.argv[2]);
const from = whole.data.accounts.edges[12].cursor;
const back = watchAccounts(middle, where, 5, from);
const second = back.list.subscribe({});
await shows(back.list, all.slice(13, 18));
await back.previous();
await shows(back.list, all.slice(8, 18));
await back.previous();
await shows(back.list, all.slice(3, 18));
await back.previous();
await shows(back.list, all.slice(0, 18));
assert.equal(back.list.getCurrentResult().data.accounts.pageInfo.hasPreviousPage, false);
assert.equal(back.list.getCurrentResult().data.accounts.pageInfo.hasNextPage, true);
second.unsubscribe();

// One record, an optimistic change and its undo.
const account = await readAccount(client, ids[0]);
assert.equal(account.city, "Ulm");
const cached = () => client.cache.extract()[`Account:${ids[0]}`].name;
const renaming = rename(client, account, `${prefix} renamed`);
assert.equal(cached(), account.name);
assert.equal(client.cache.extract(true)[`Account:${ids[0]}`].name, `${prefix} renamed`);
const { changed, undo } = await renaming;
assert.equal(cached(), `${prefix} renamed`);
await undo();
assert.equal(cached(), account.name);

// An edit conflict: `account` is an old version.
const conflict = await save(client, account, `${prefix} lost`);
assert.equal(conflict.theirs.name, account.name);
const kept = await save(client, { ...account, version: conflict.version }, `${prefix} kept`);
assert.equal(kept.saved.name, `${prefix} kept`);
assert.notEqual(changed.version, kept.saved.version);

// Every error of a form at its field.
const form = await submit(client, { name: "", revenue: { amount: 1, currency: "XXX" }, employees: -1 });
const fields = form.fields.map(([field]) => field);
for (const field of ["input.name", "input.employees"]) assert.ok(fields.includes(field), String(fields));
assert.ok(form.fields.every(([, message]) => message));

// Creating, and taking it back.
const added = await create(client, { name: `${prefix} added` });
await added.undo();
assert.equal(await readAccount(client, added.id), null);

// A chart and suggestions.
const months = await chart(client, "2020-01-01");
assert.ok(months.length > 1 && months.every(({ month, count }) => month && count > 0));
const suggest = suggestions(client);
const stale = suggest("apo").catch((error) => error);
const hits = await suggest("apollo reci");
assert.ok(hits.length > 0 && hits.every(({ name }) => name.startsWith(prefix)), JSON.stringify(hits));
await stale;

for (const id of ids) await remove(client, id);
client.stop();
middle.stop();
