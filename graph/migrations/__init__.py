"""Migrations: declared steps that convert the data of older versions of Kith to the version of this program.

* registry    declares steps
* steps       the steps, one file each
* execution   finds and runs the pending steps
"""
