"""A hostile admin in the midst of honest life, in random rounds: `CHAOS_ROUNDS` says how many,
`CHAOS_SEED` which.

After each round: nothing was read by who must not, nothing obeyed that nobody said, nothing lost,
and staff were told.
"""

from __future__ import annotations

import os
import random
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.chaos.figures import Figure
from tests.chaos.ground import Ground, say
from tests.chaos.hostile import ATTACKS, Attack
from tests.chaos.household import Household, household

ROUNDS = 200
CASES = 0.1
"""How many rounds begin with another matter; their numbers and threads are then in play, too."""
KILLS = 0.1


@dataclass(slots=True)
class Outcome:
    rounds: int = 0
    attacks: Counter[str] = field(default_factory=Counter)
    read: set[str] = field(default_factory=set)
    obeyed: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    untold: list[str] = field(default_factory=list)


async def run(ground: Ground) -> list[Figure]:
    rounds = int(os.environ.get("CHAOS_ROUNDS", ROUNDS))
    seed = int(os.environ.get("CHAOS_SEED", secrets.randbelow(2**32)))
    say(f"{rounds} rounds, CHAOS_SEED={seed}")
    chance, outcome = random.Random(seed), Outcome()
    async with household(ground) as home:
        for number in range(rounds):
            await _round(home, chance, outcome, number)
        outcome.lost |= set(home.keeper.errors())
        crashes = len(home.keeper.crashes)
    kinds = " ".join(f"{name}:{count}" for name, count in sorted(outcome.attacks.items()))
    against = f"{outcome.rounds} rounds: {kinds}"
    return [
        Figure("trust_rounds", outcome.rounds, "rounds", against, rounds, "higher"),
        Figure("trust_read", len(outcome.read), "words", "by a spy or a ghost"),
        Figure("trust_obeyed", len(outcome.obeyed), "commands", "that nobody gave"),
        Figure("trust_lost", len(outcome.lost), "words", "of the reporter or of staff"),
        Figure("trust_untold", len(outcome.untold), "attacks", "of which staff heard nothing"),
        Figure("trust_crashes", crashes, "ends", "of the office that nobody asked for"),
    ]


async def _round(home: Household, chance: random.Random, outcome: Outcome, number: int) -> None:
    attack = chance.choice(ATTACKS)
    life = [chance.choice(LIFE) for _ in range(chance.randint(1, 3))]
    if chance.random() < CASES:
        await home.opens(f"case{number}x")
    if chance.random() < KILLS:
        home.keeper.kill()
        await home.keeper.steady(0.5)
    since = len(home.anna.timeline)
    async with attack(home, f"evil{number}x") as about:
        for place, act in enumerate(life):
            await act(home, f"word{number}x{place}")
        if about:
            await home.told(since, about)
    await _settled(home, number)
    _look(home, outcome, attack, number)


async def _writes(home: Household, word: str) -> None:
    await home.writes(word)


async def _answers(home: Household, word: str) -> None:
    await home.answers(word)


async def _notes(home: Household, word: str) -> None:
    await home.bilal.send(home.room, f"a note among us {word}", thread=home.thread)


LIFE: tuple[Callable[[Household, str], Awaitable[None]], ...] = (_writes, _answers, _notes)


async def _settled(home: Household, number: int) -> None:
    """All that was said before is decided once this has gone both ways."""
    try:
        await home.writes(f"still{number}x")
        await home.staff_see(f"still{number}x")
        await home.answers(f"yes{number}x")
        await home.leyla_sees(f"yes{number}x")
    except TimeoutError as error:
        say(f"  {str(error).partition(chr(10))[0]}")


def _look(home: Household, outcome: Outcome, attack: Attack, number: int) -> None:
    found = {
        "read": set(home.read()) - outcome.read,
        "obeyed": {*home.obeyed(), *home.said_twice()} - outcome.obeyed,
        "lost": set(home.lost()) - outcome.lost,
    }
    untold = home.untold[len(outcome.untold) :]
    outcome.rounds += 1
    outcome.attacks[attack.__name__] += 1
    outcome.read |= found["read"]
    outcome.obeyed |= found["obeyed"]
    outcome.lost |= found["lost"]
    outcome.untold += [f"{attack.__name__}: {x}" for x in untold]
    for what, words in found.items():
        for word in words:
            say(f"  round {number}, {attack.__name__}: {what}: {word}")
    for word in untold:
        say(f"  round {number}, {attack.__name__}: nobody was told: {word}")
