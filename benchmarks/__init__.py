"""How fast cxsim is, compared with what others would write: `python -m benchmarks` measures, checks and prints it.

Two plain models, each four times: an idiomatic SimPy script, cxsim in both engines, and a bare numba kernel, which is
the limit.  All four have to agree statistically before their speeds are compared.
"""
