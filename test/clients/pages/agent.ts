/** The agent of a page. The address names the server and the version of the client. */
import { HttpAgent } from "@ag-ui/client";
import { HttpAgent as HttpAgent0 } from "ag-ui-client-0.0.59";

const parameters = new URLSearchParams(location.search);
const Agent = parameters.get("client") === "0.0.59" ? HttpAgent0 : HttpAgent;

export const agent = new Agent({ url: parameters.get("server") ?? "" });
