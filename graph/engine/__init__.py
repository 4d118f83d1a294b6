"""The engine: a Neo4j server to talk to, either the local one it starts and joins or the one that NEO4J_URI names.

* `server(settings)`   the async context in which there is a server; what the rest of Kith uses
* jars                 the Neo4j jars by their committed lock, fetched once and verified
* folder               what lies in the data folder: password, port, leases, the server's own files
* java                 the command line and configuration of the server process
* talk                 what the engine itself says to a server: a greeting, a conversation that warms it
* supervisor           the process that owns the server, and ends it when no lease is left
* joining              how a process gets a lease and finds, or starts, the one server of a data folder
"""

from graph.engine.folder import Folder, Phase, State
from graph.engine.server_lease import Server, server

__all__ = ["Folder", "Phase", "Server", "State", "server"]
