"""What knows numba: compiling, the handle to tables in memory, how tables lie there."""
