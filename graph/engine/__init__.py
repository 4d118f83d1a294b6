"""The Neo4j server: a local one, which is started on demand and shared between processes, or the one at NEO4J_URI.

* `server(settings)`   the async context manager that the other packages use
* jars                 the Neo4j jars, fetched by the lock file and verified
* aot_cache            the ahead-of-time cache of Java classes, which halves the start time
* memory               the heap and the page cache of the server
* folder               the data folder: password, state, leases, files of the server
* java                 the configuration and the command line of the server process
* warmup               the first statements sent to a new server, and those that fill the AOT cache
* supervisor           the process that owns the server and stops it when no lease is left
* server_lease         leases on the server of a data folder, which start it when necessary
"""

from graph.engine.folder import Folder, Phase, State
from graph.engine.server_lease import Server, server

__all__ = ["Folder", "Phase", "Server", "State", "server"]
