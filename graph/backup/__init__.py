"""Backups of the local store: a consistent copy while it runs, checked by opening it, and restored into a data folder.

* archive   one file with a manifest and the files of the database
* create    creates and verifies a backup
* restore   restores a backup into a data folder
"""
