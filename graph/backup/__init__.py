"""Backups of the local store: a consistent copy while it runs, checked by opening it, and restored into a data folder.

* archive   one file with a manifest and the files of the database
* create    how a backup is made and checked
* restore   how a backup becomes the database of a data folder
"""
