"""HTTP: settings, who is calling, and how Kith is served."""
