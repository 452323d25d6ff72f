"""What theory knows exactly, and how close simulation comes to it: the one home of what tests and documents verify.

Known without simulating:

    queueing_cases.yaml   ten solved queueing models, each value with its formula and source
    solved                how they are read
    derived               each of their values a second way
    queueing, erlang_a    closed forms; chains: Markov chains solved numerically
    people, customers     closed forms of people, loyalty and money, and how each is simulated

Simulated: `queues` (the ten models), `watching` (what is looked at in a replication), `forms` (cases with closed forms
of their own), `gate` (when a simulated value is close enough), `page` (`docs/verification.md`, which
`docs/build/verification.py` writes).
"""
