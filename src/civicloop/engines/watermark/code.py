"""A convolutional code: one wrong cell of the picture does not make a wrong number.

Source: A. J. Viterbi, Error bounds for convolutional codes (1967); the polynomials are those of the
CCSDS and of IEEE 802.11.
"""

import numpy as np
from numpy.typing import NDArray

MEMORY = 6
POLYNOMIALS = (0o171, 0o133)
STATES = 1 << MEMORY


def coded_length(bit_count: int) -> int:
    """How many signs so many bits become."""
    return len(POLYNOMIALS) * (bit_count + MEMORY)


def encode(bits: list[int]) -> list[int]:
    """The signs (0 or 1) of some bits; the register is emptied at the end."""
    state, signs = 0, []
    for bit in [*bits, *[0] * MEMORY]:
        register = bit << MEMORY | state
        signs += [(register & polynomial).bit_count() & 1 for polynomial in POLYNOMIALS]
        state = register >> 1
    return signs


def decode(likely: NDArray[np.float64]) -> list[int]:
    """The likeliest bits; `likely` says of each sign how much rather it is 1 (above 0) than 0."""
    steps = likely.reshape(-1, len(POLYNOMIALS))
    score = np.full(STATES, -np.inf)
    score[0] = 0.0
    came_from = []
    for pair in steps:
        gained = score[_BEFORE] + _SIGNS @ pair  # by new state, the two ways into it
        best = gained.argmax(axis=1)
        came_from.append(_BEFORE[_ALL, best])
        score = gained[_ALL, best]
    state, bits = 0, []  # the register was emptied
    for before in reversed(came_from):
        bits.append(state >> (MEMORY - 1))
        state = before[state]
    return bits[::-1][: len(steps) - MEMORY]


_ALL = np.arange(STATES)
# the new state's highest bit is the bit that came in; the lowest bit of the old one fell out
_BEFORE = np.stack([(_ALL << 1 | lost) & (STATES - 1) for lost in (0, 1)], axis=1)
_REGISTERS = (_ALL[:, None] >> (MEMORY - 1)) << MEMORY | _BEFORE
_SIGNS = np.array(
    [
        [
            [
                1.0 if (int(register) & polynomial).bit_count() & 1 else -1.0
                for polynomial in POLYNOMIALS
            ]
            for register in both
        ]
        for both in _REGISTERS
    ]
)
