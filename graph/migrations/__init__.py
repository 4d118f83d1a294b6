"""Migrations: declared steps that bring the data of an older version of Kith to the version of this program.

* registry    what a step is, and how one is declared
* steps       one file for each step
* execution   which steps are pending, and how they are run
"""
