"""Small organisations that several tests share, as plain data."""

from __future__ import annotations

from typing import Any


def small_bank() -> dict[str, Any]:
    """Two segments, three channels, teams and reasons; a loan route with a control and a decision right."""
    return {
        "title": "Small bank",
        "calendar": {"start": "2026-01-05"},
        "segments": {"everyday": {"customers": 1000}, "affluent": {"customers": 200}},
        "channels": {
            "phone": {"presence": "present", "opens": {"mon-fri": "08:00-18:00"}},
            "email": {"presence": "absent"},
            "web": {"presence": "self_service"},
        },
        "reasons": {
            "limit": {
                "cases": {"everyday": 1.0, "affluent": 2.0},
                "channels": {"phone": 0.7, "email": 0.2, "web": 0.1},
                "route": "limit",
            },
            "loan": {
                "cases": {"everyday": 0.04, "affluent": 0.09},
                "channels": {"phone": 1.0},
                "route": "loan",
                "promise": {"within": "5 working days", "chaser": "loan_status"},
            },
            "loan_status": {"kind": "failure", "channels": {}, "route": "status"},
        },
        "routes": {
            "limit": {"serve": {"team": "front_line", "skill": "service", "work": "6 min", "resolves": 0.9}},
            "status": {"tell": {"team": "front_line", "work": "3 min"}},
            "loan": {
                "intake": {
                    "team": "front_line",
                    "skill": "loans",
                    "work": "12 min",
                    "wrap_up": "2 min",
                    "next": "documents",
                },
                "documents": {"customer": True, "delay": {"exponential": {"mean": "3 d"}}, "next": "check"},
                "check": {
                    "team": "lending",
                    "control": True,
                    "work": {"lognormal": {"mean": "25 min", "cv": 1.0}},
                    "next": {"bureau": 0.8, "decide": 0.2},
                },
                "bureau": {"supplier": "credit_bureau", "delay": "1 d", "next": "decide"},
                "decide": {
                    "team": "lending",
                    "needs": "loan_decision",
                    "escalates_to": "approve",
                    "work": "15 min",
                    "next": {"tell": 0.92, "check": 0.08},
                },
                "approve": {"team": "board", "work": "10 min", "next": "tell"},
                "tell": {"team": "front_line", "skill": "loans", "work": "4 min", "resolves": 0.93},
            },
        },
        "teams": {
            "front_line": {
                "department": "service",
                "skills": ["service", "loans"],
                "agents": 6,
                "shifts": {
                    "early": {"hours": {"mon-fri": "08:00-16:00"}, "weight": 2},
                    "late": {"hours": {"mon-fri": "10:00-18:00"}, "weight": 1},
                },
            },
            "lending": {
                "department": "lending",
                "agents": 2,
                "shifts": {"day": {"hours": {"mon-fri": "09:00-17:00"}}},
                "rights": {"loan_decision": {"share": 0.5}},
            },
            "board": {
                "department": "lending",
                "agents": 1,
                "shifts": {"day": {"hours": {"mon-fri": "09:00-17:00"}}},
            },
        },
        "behaviour": {"p_redial": 0.5},
        "experience": {
            "ces_cuts": [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5],
            "nps_cuts": [-2.5, -2.2, -2.0, -1.8, -1.5, -1.2, -0.8, -0.3, 0.3, 1.0],
        },
        "economics": {"currency": "EUR", "price_year": 2026},
    }
