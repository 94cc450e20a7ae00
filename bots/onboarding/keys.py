"""The names under which onboarding finds its rooms, messages and timers again."""

from __future__ import annotations

from bots.runtime.kit.keys import Made, Timer

CHAT = Made("onboarding/{serial:int}/chat")
"""A private room that we make."""
RULES = Made("onboarding/{serial:int}/rules/{number:int}")
"""Asks for a yes to the rules."""
ASK = Made("onboarding/{serial:int}/ask/{number:int}")
"""Asks something else."""
TOLD = Made("onboarding/{serial:int}/told/{number:int}")
"""Stands elsewhere, and names her."""
WISH = Made("onboarding/wish/{number:int}")
"""Tells of somebody who asks to join."""
REMINDER = Made("onboarding/wish/{number:int}/reminder/{which:int}")
CROWD = Made("onboarding/crowd/{number:int}")
"""Tells of many who ask to join."""

RENEW = Timer("renew")
"""Who agreed to older rules is asked about those of now."""
HELLO = Timer("hello/{user}")
"""She is greeted, if she has not written by then."""
REMIND = Timer("remind/{user}")
"""She has not answered whether she agrees to the rules."""
PRESS = Timer("press/{user}")
"""She has not come, though she was asked into the space."""
AGAIN = Timer("again/{room} {user}")
"""Her homeserver did not take an invitation; it is sent once more."""
LEAVE = Timer("chats/{user}")
"""We leave more rooms of somebody who had herself erased."""
WAITS = Timer("wish/{wish}")
"""Nobody has decided about somebody who asks to join."""
SHOW = Timer("show/{wish}")
"""The message about her is brought up to date."""
GATHER = Timer("gather")
"""The one about many is."""
