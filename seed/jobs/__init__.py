"""Import jobs: an uploaded file, the mapping that is guessed from its columns, and its check, load and undo."""
