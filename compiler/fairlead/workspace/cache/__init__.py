"""What an earlier run found and wrote, kept for the next one that has the same input and the same compiler.

A run is known by everything that it depends on: the bytes of every file that it read, the names of those that it looked
for, what was chosen on the command line, the compiler, and the Python below it. So an entry never goes out of date; it
is only no longer asked for. What it says about files on disk is never believed, but checked against them.

Below the runs, each pipeline in each environment is known by what it alone is compiled from (`memory`), so that of a
run with one change nothing else is compiled.

The folder lies in the repository, where somebody else's commit could bring entries of its own. Therefore every entry is
plain data, and carries a mark that only this user can make. One without it counts as absent, like one that is damaged.
"""
