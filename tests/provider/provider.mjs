// An OpenID Connect provider on a free port of this machine; it prints its issuer. PROVIDER has the clients and accounts.
import { createServer } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";

const { redirectUris, accounts, audience } = JSON.parse(process.env.PROVIDER);

const { privateKey } = await generateKeyPair("RS256", { extractable: true });
const key = { ...(await exportJWK(privateKey)), use: "sig", alg: "RS256", kid: "signing" };

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
// Another site than that of Kith, which is at 127.0.0.1.
const issuer = `http://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
  jwks: { keys: [key] },
  cookies: { keys: ["a key of the test"] },
  clients: [
    {
      client_id: "kith",
      client_secret: "a secret of the test",
      redirect_uris: redirectUris,
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
    {
      client_id: "program",
      client_secret: "a secret of the test",
      redirect_uris: [],
      grant_types: ["client_credentials"],
      response_types: [],
    },
  ],
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({ scope: "", audience, accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } } }),
    },
  },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
});
provider.on("server_error", (_, error) => console.error(error));
server.on("request", provider.callback());
console.log(JSON.stringify({ issuer }));
