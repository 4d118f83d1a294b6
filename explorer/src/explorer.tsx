import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { fetcher } from "./fetcher";
import { questions } from "./queries";
import { questionsPlugin } from "./questions";

const linked = new URLSearchParams(location.search);
const fromLink = linked.get("query");

// The questions stand open for whoever comes for the first time; after that the page is as it was left.
const firstVisit = localStorage.getItem("graphiql:visiblePlugin") === null;

const tabs = questions.map(({ query, variables }) => ({
  query,
  variables: variables ? JSON.stringify(variables, null, 2) : null,
}));

const plugins = [questionsPlugin, HISTORY_PLUGIN];

/** The whole page: GraphiQL, with the questions of Kith as its first tabs. */
export function Explorer() {
  return (
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={tabs}
      {...(fromLink === null ? {} : { initialQuery: fromLink, initialVariables: linked.get("variables") ?? "" })}
      plugins={plugins}
      {...(firstVisit ? { visiblePlugin: questionsPlugin } : {})}
      defaultEditorToolsVisibility={false}
    >
      <GraphiQL.Logo>
        <span className="kith-logo">Kith</span>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
