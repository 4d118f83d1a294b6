"""Full-text search: how texts are analyzed when they are stored, and when they are searched for."""
