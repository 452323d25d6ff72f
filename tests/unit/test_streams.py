"""Random numbers by address: equal to numpy's Philox, strictly between 0 and 1, at addresses that never
change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import random_number
from cxsim.model.draws import Purpose
from cxsim.probability.random_numbers import name_word, philox, round_keys, uniform

word = st.integers(0, 2**64 - 1)


def ours(seed: int, replication: int, *counter: int) -> int:
    with np.errstate(over="ignore"):
        return int(philox(round_keys(seed, replication), *(np.uint64(x) for x in counter)))


def numpys(seed: int, replication: int, *counter: int) -> int:
    generator = np.random.Philox(key=np.array([seed, replication], dtype=np.uint64))
    state = generator.state
    state["state"]["counter"] = np.array(counter, dtype=np.uint64)
    generator.state = state
    return int(generator.random_raw())


@given(st.tuples(word, word, word, word, word, word))
@settings(max_examples=300, deadline=None)
def test_equal_to_numpys_philox_anywhere(address: tuple[int, ...]) -> None:
    assert ours(*address) == numpys(*address)


@pytest.mark.parametrize("ones", [1, 2, 3, 4])
def test_the_counter_carries(ones: int) -> None:
    # numpy increments its 256-bit counter before the first block
    counter = [2**64 - 1] * ones + [5] * (4 - ones)
    assert ours(1, 2, *counter) == numpys(1, 2, *counter)


def test_published_block() -> None:
    # Random123's known answers for philox4x64-10: counter and key all ones; ours is counter + 1
    full = 2**64 - 1
    assert ours(full, full, full - 1, full, full, full) == 0x87B092C3013FE90B


def test_strictly_inside_zero_and_one() -> None:
    with np.errstate(over="ignore"):
        u = [uniform(round_keys(1, 0), *(np.uint64(x) for x in (i, 0, 0, 0))) for i in range(20000)]
    assert 0.0 < min(u) < max(u) < 1.0
    # 20000 numbers: mean 1/2 within 4 standard errors of sqrt(1/12/20000)
    assert abs(np.mean(u) - 0.5) < 4 * np.sqrt(1 / 12 / 20000)


def test_the_hand_worked_number_is_the_same() -> None:
    with np.errstate(over="ignore"):
        for address in [(1, 0, 6, 77, 3, 0), (2**40, 99, 2**63, 1, 2, 3)]:
            seed, replication, *counter = address
            assert uniform(round_keys(seed, replication), *(np.uint64(x) for x in counter)) == random_number.uniform(
                *address
            )


def test_names_as_words_are_frozen() -> None:
    # BLAKE2b with 8 bytes, little-endian: b2sum -l 64
    assert name_word("") == int.from_bytes(bytes.fromhex("e4a6a0577479b2b4"), "little")
    assert name_word("everyday/loan_application/0") == random_number.word("everyday/loan_application/0")
    assert name_word("a") != name_word("b")


PURPOSES = {
    "GAP": 1,
    "ACCEPT": 2,
    "CUSTOMER": 3,
    "CHANNEL": 4,
    "OPENING": 5,
    "PATIENCE": 6,
    "BALK": 7,
    "REDIAL": 8,
    "REDIAL_DELAY": 9,
    "ACCEPT_CALL_BACK": 10,
    "CALL_BACK_REACHED": 11,
    "WORK": 12,
    "WRAP_UP": 13,
    "NEXT": 14,
    "DELAY": 15,
    "RIGHT": 16,
    "RIGHT_ERROR": 17,
    "REACHED": 18,
    "RETURN_CALL": 19,
    "RETURN_DELAY": 20,
    "RETRY_DELAY": 21,
    "SELF_SERVICE": 22,
    "RESOLVE": 23,
    "RECONTACT": 24,
    "RECONTACT_DELAY": 25,
    "COMPLAIN": 26,
    "GENERIC": 27,
    "PROMISED": 28,
    "HEEDS_UPDATES": 29,
    "CHASE": 30,
    "WITHDRAW": 31,
    "COMES_BACK": 32,
    "COMES_BACK_DELAY": 33,
    "ATTEMPT": 34,
    "PICK_UP": 35,
    "ANSWERS": 40,
    "SCORE": 41,
    "CES_SCORE": 42,
    "BUSYNESS": 50,
    "LEVEL": 60,
    "RATING": 61,
    "ABSENT": 70,
    "PROFICIENCY": 71,
    "BREAK": 72,
    "QUIT": 80,
    "TENURE": 81,
    "VACANCY": 82,
    "LEAVE": 90,
    "JOIN": 91,
    "ASKED": 92,
    "RELATIONSHIP_ANSWER": 93,
    "RELATIONSHIP_SCORE": 94,
    "REFERRED": 95,
    "COMPLAIN_AFTER": 100,
    "COMPLAIN_AFTER_DELAY": 101,
    "CAUSE": 102,
    "RECURS": 103,
    "RECURS_DELAY": 104,
    "DUE": 105,
    "PAYMENT": 106,
    "PROACTIVE": 107,
    "FOLLOW_UP": 108,
    "REACH_OUT_DELAY": 109,
    "OFFER": 110,
    "BUY": 111,
    "OVER_PROMISE": 112,
    "NOTICE": 113,
    "NOTICE_DELAY": 114,
    "UNDO": 115,
    "ERROR": 116,
    "LAST_OFFER": 117,
    "SHOPPED": 120,
    "SHOPPED_CHANNEL": 121,
    "SHOPPED_WAIT": 122,
    "SHOPPED_NEXT": 123,
    "SHOPPER_ERROR": 124,
    "IDEAS": 125,
    "IDEA": 126,
    "ASSUMPTION": 130,
}


def test_purposes_are_frozen() -> None:
    now = {p.name: int(p) for p in Purpose}
    changed = {name for name, number in PURPOSES.items() if now.get(name) != number}
    assert not changed, "a purpose changed: all random numbers would be dealt anew"
    assert set(now) == set(PURPOSES), "a new purpose: add it here, and to docs/model.md 1.6 and 1.7"
    assert len(set(now.values())) == len(now)
