"""Mail that goes out: letters rendered once, headers that nobody can inject into, signatures, SMTP.

Knows no bot and no Matrix. A `Letter` becomes bytes by `composing`; `smtp` carries them.
"""
