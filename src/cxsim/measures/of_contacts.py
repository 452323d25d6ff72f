"""Measures of contacts: waits, service, failure demand; and of what is sold on them."""

from __future__ import annotations

from cxsim.measures.measure import of_amount, of_contact, of_sale

OF_CONTACTS = (
    of_contact("contacts_per_week", "contacts a week", "contacts/week", "neither", 10.0, "attempts ÷ weeks"),
    of_contact("failure_demand", "failure demand", "%", "lower", 1.0,
             "(repeats + redials + chasers + complaints + returned calls + misroutes + first contacts "
             "whose reason is a failure) ÷ attempts"),
    of_contact("repeat_share", "repeat contacts", "%", "lower", 1.0, "repeats ÷ attempts"),
    of_contact("redial_share", "redials", "%", "lower", 1.0, "further attempts at a contact ÷ attempts"),
    of_contact("chaser_share", "status enquiries (chasers)", "%", "lower", 1.0, "chasers ÷ attempts"),
    of_contact("complaint_share", "complaints", "%", "lower", 0.5, "complaints ÷ attempts"),
    of_contact("returned_share", "calls back on our missed calls", "%", "lower", 0.5, "returned calls ÷ attempts"),
    of_contact("misroute_share", "misrouted contacts", "%", "lower", 0.5, "misroutes ÷ attempts"),
    of_contact("lost_share", "contacts given up without service", "%", "lower", 0.5,
             "attempts after which the customer does not try again ÷ attempts"),
    of_contact("wait", "wait of those served (ASA)", "s", "lower", 10.0,
             "waits of customers answered on the line ÷ their number; abandoned, blocked, letters, e-mail and "
             "call-backs left out"),
    of_contact("wait_all", "wait of all who join a queue", "s", "lower", 10.0,
             "waits to service or abandonment ÷ times queued on the line"),
    of_contact("wait_p90", "wait that nine in ten stay under", "s", "lower", 30.0,
             "90th percentile of waits of customers answered on the line, from log-binned counts; abandoned, letters "
             "and call-backs left out"),
    of_contact("waiting_share", "contacts that have to wait", "%", "lower", 2.0,
             "waited on the line ÷ times queued on the line"),
    of_contact("service_level", "service level", "%", "higher", 2.0,
             "served within their team's standard ÷ times queued, at teams with a standard; abandoned within it and "
             "blocked as its short_abandons and blocked state; letters, our own calls and call-backs left out"),
    of_contact("intervals_met", "half-hours that meet the standard", "%", "higher", 2.0,
             "half-hours with a service level of at least the target ÷ those in which a customer was answered or "
             "abandoned, over teams with a standard"),
    of_contact("abandonment", "abandonment, all channels", "%", "lower", 1.0,
             "abandoned ÷ times queued on the line, all live channels together; by channel in the table of channels"),
    of_contact("call_backs", "call-backs accepted", "call-backs/week", "neither", 5.0,
             "customers who hung up to be called back ÷ weeks"),
    of_contact("call_back_wait", "time to the call-back", "h", "lower", 0.25,
             "from accepting to being reached, nights included ÷ customers called back; in no wait on the line"),
    of_contact("called_back_share", "call-backs that reach the customer", "%", "higher", 2.0,
             "reached ÷ (reached + given up after the last try)"),
    of_contact("called_back_in_time", "call-backs within the promised time", "%", "higher", 2.0,
             "reached within the promised time ÷ (reached + given up), on channels that promise one"),
    of_contact("blocked_share", "contacts turned away by full lines", "%", "lower", 0.5, "blocked ÷ attempts"),
    of_contact("balked_share", "contacts that do not join the queue", "%", "lower", 0.5, "balked ÷ attempts"),
    of_contact("service_time", "service time", "s", "neither", 5.0, "talk and hold ÷ times served"),
    of_contact("service_cv", "spread of service times (CV)", "", "neither", 0.02, "SD ÷ mean of service times"),
    of_contact("aht", "average handle time (AHT)", "s", "neither", 5.0, "(service + wrap-up) ÷ times served"),
    of_contact("internal_sla_missed", "internal targets missed", "%", "lower", 1.0,
             "work finished after its internal SLA ÷ work finished at steps that have one"),
)  # fmt: skip

OF_SALES = (
    of_sale("offers", "offers", "offers/week", "neither", 10.0, "offers to customers on the line ÷ weeks"),
    of_sale("sales", "sales", "sales/week", "higher", 2.0, "offers taken ÷ weeks; those undone later included"),
    of_sale("over_promises", "over-promises", "sales/week", "lower", 1.0,
          "sales promised beyond what can be kept ÷ weeks"),
    of_sale("over_promise_share", "over-promises among sales", "%", "lower", 1.0, "over-promises ÷ sales"),
    of_sale("broken_promises", "complaints about what was sold", "contacts/week", "lower", 1.0,
          "contacts that come of over-promises, in the week in which they come ÷ weeks"),
    of_sale("sales_undone", "sales undone", "sales/week", "lower", 0.5,
          "sales undone after such a contact, in its week ÷ weeks"),
    of_amount("sales_margin", "margin from sales", "higher",
           "margin of sales - margin of sales undone, each in its week; in the margin of cases by cohort"),
    of_sale("transfers_spared", "transfers that an agent who knows both kinds of work spares", "transfers/week",
          "neither", 5.0, "customers whom an agent went on with instead ÷ weeks"),
    of_sale("hidden_errors", "errors that nobody notices where they are made", "errors/week", "lower", 1.0,
          "errors in work and in suppliers' delays ÷ weeks"),
)  # fmt: skip
