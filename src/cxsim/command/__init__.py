"""The command line: Hydra's grammar in, one verb out.

`arguments` knows the flags, `configuration` knows Hydra, `jobs` turns what was asked into what is run, and
each verb is one function in a module of its own.
"""
