import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { fetcher } from "./fetcher";
import { examples } from "./queries";
import { examplesPlugin } from "./examples";

const linked = new URLSearchParams(location.search);
const fromLink = linked.get("query");

// The panel of examples is open on the first visit; later visits restore the previous state.
const firstVisit = localStorage.getItem("graphiql:visiblePlugin") === null;

const tabs = examples.map(({ query, variables }) => ({
  query,
  variables: variables ? JSON.stringify(variables, null, 2) : null,
}));

const plugins = [examplesPlugin, HISTORY_PLUGIN];

/** The page: GraphiQL with the examples as its first tabs. */
export function Page() {
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={tabs}
      {...(fromLink === null ? {} : { initialQuery: fromLink, initialVariables: linked.get("variables") ?? "" })}
      plugins={plugins}
      {...(firstVisit ? { visiblePlugin: examplesPlugin } : {})}
      defaultEditorToolsVisibility={false}
    >
      <GraphiQL.Logo>
        <span className="kith-logo">Kith</span>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
