import "./workers";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./kith.css";
import { createRoot } from "react-dom/client";
import { Page } from "./page";

createRoot(document.getElementById("kith")!).render(<Page />);
