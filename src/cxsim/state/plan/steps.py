"""What is known of a step: the fields of its row in `Plan.steps`."""

from __future__ import annotations

from cxsim.native.layout import in_lines

STEP = in_lines(
    (  # who comes to it
        ("word", "u8"),
        ("sla", "f8"),  # inf: none
        ("batch", "f8"),  # interval at which gathered work is begun; 0: at once
        ("errs", "f8"),  # chance of an error that nobody notices there
        ("kind", "i4"),
        ("gone", "i4"),  # 1: no longer exists in this plan
        ("team", "i4"),
        ("skill", "i4"),
        ("queue", "i4"),  # queue of contacts that want an agent alone
        ("own_priority", "i4"),  # 1: `priority` overrides the reason's
        ("news", "i4"),
        ("onward", "i4"),  # edge that every visit takes from here, -1: it depends
    ),
    (  # what is done there
        ("sells", "f8"),
        ("offer", "f8"),  # chance of an offer at the end, at the team's pressure
        ("generic", "f8"),
        ("resolves", "f8"),
        ("work", "i4"),
        ("outbound", "i4"),  # 1: we call
        ("asks_again", "i4"),
        ("customers_own", "i4"),  # 1: the delay is the customer's, promises pause
        ("right", "i4"),  # decision right wanted, -1: none
        ("wrap", "i4"),  # law, -1: none
        ("first_edge", "i4"),
        ("edges", "i4"),
    ),
    (  # what only some steps have
        ("p_reached", "f8"),
        ("p_done", "f8"),  # self-service
        ("shared_queue", "i4"),  # queue of contacts an agent can hold beside others, -1: none
        ("delay", "i4"),
        ("delay_clock", "i4"),
        ("takes", "i4"),
        ("falls_back_to", "i4"),
        ("fall_channel", "i4"),
        ("sla_clock", "i4"),
        ("batch_clock", "i4"),
        ("attempt", "i4"),
        ("tries", "i4"),
        ("retry_after", "i4"),
        ("priority", "i4"),
    ),
    (
        ("mean_work", "f8"),
        ("route", "i4"),
        ("escalates_to", "i4"),
        ("join", "i4"),
        ("first_branch", "i4"),
        ("branches", "i4"),
        ("department", "i4"),
        ("moved_to", "i4"),  # step that took its work over
    ),
)
