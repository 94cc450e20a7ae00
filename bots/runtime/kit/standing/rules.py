"""What a bot's table of rules takes of this."""

from bots.runtime.kit.standing.confirming import confirming, routes
from bots.runtime.kit.standing.grace import Grace, forget, meet
from bots.runtime.kit.standing.holding import decided, stopping

__all__ = ["Grace", "confirming", "decided", "forget", "meet", "routes", "stopping"]
