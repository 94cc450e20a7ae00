"""Any order of any events: nothing raises, nobody gets a mail twice, none is forgotten."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from bots.announcements.documents.mails import ROUNDS
from bots.announcements.rules.mails.addresses import unsubscribe_token
from bots.runtime.mail import documents
from bots.runtime.mail.documents import LETTERS
from bots.runtime.model.decision import Due, FormSubmitted, MailReceived, Performed, SetAside
from tests.kit.announcements import ANNA, BILAL, SETTINGS, STRANGER, World

PEOPLE = st.sampled_from((ANNA, BILAL, STRANGER))
TEXTS = st.sampled_from(
    (
        "# Hallo",
        "Zweiter\nText",
        "ar: نص",
        "uk: Текст",
        "de: Text",
        "!freigeben",
        "!undo",
        "!digest",
    )
) | st.text(max_size=60)
ANSWERS = st.sampled_from((documents.LATER, documents.REFUSED, documents.NOBODY, documents.UNKNOWN))

FIELDS = st.sampled_from(("token", "address", "language", "kind", "consent"))
TIMERS = st.sampled_from(
    ("undo/1", "chunk/a/1/0", "telling/a/1", "digest", "call/1", f"mail/a/1/de/{'0' * 32}/1")
)


class Story(RuleBasedStateMachine):
    messages = Bundle("messages")

    def __init__(self) -> None:
        super().__init__()
        self.world = World().start()
        self.left: dict[str, int] = {}
        self.secrets: dict[str, str] = {}
        self.removed: set[str] = set()
        for i in range(3):
            kind = "digest" if i == 2 else "immediate"
            self.world.subscribe(f"r{i}@mail.example", ("de", "ar", "uk")[i], kind)

    @rule(target=messages, body=TEXTS, sender=PEOPLE)
    def write(self, body: str, sender: str) -> str:
        return self.world.write(body, sender)[0]

    @rule(target=messages, body=TEXTS, sender=PEOPLE, root=messages, reply=st.booleans())
    def answer(self, body: str, sender: str, root: str, reply: bool) -> str:
        fields = {"reply_to": root} if reply else {"thread": root}
        return self.world.write(body, sender, **fields)[0]

    @rule(target=messages, target_=messages, body=TEXTS, sender=PEOPLE)
    def edit(self, target_: str, body: str, sender: str) -> str:
        return self.world.change(target_, body, sender)[0]

    @rule(target=messages, target_=messages, sender=PEOPLE, label=st.sampled_from(("", "ar: ")))
    def edit_in_a_secret(self, target_: str, sender: str, label: str) -> str:
        word = f"secret{len(self.secrets)}x"
        edit, _ = self.world.change(target_, label + word, sender)
        self.secrets[edit] = word
        return edit

    @rule(target_=messages, sender=PEOPLE)
    def redact(self, target_: str, sender: str) -> None:
        self.world.redact(target_, sender)
        self.removed |= {self.secrets.get(target_, "no secret")}

    @rule()
    def go_away(self) -> None:
        self.world.away = True

    @rule()
    def come_back(self) -> None:
        self.world.back()

    @rule(target_=messages, key=st.sampled_from("✅❌👍"), sender=PEOPLE)
    def react(self, target_: str, key: str, sender: str) -> None:
        self.world.react(target_, key, sender)

    @rule(hours=st.integers(0, 60), minutes=st.integers(0, 59))
    def wait(self, hours: int, minutes: int) -> None:
        self.world.pass_time(timedelta(hours=hours, minutes=minutes))

    @rule(reader=st.integers(0, 2), answers=st.lists(ANSWERS, max_size=4))
    def fail(self, reader: int, answers: list[str]) -> None:
        self.world.answers[self.world.id(f"r{reader}@mail.example")] = answers

    @rule(held=st.booleans())
    def hold(self, held: bool) -> None:
        self.world.held = held
        if not held:
            self.world.release_held()

    @rule(reader=st.integers(0, 2))
    def leave(self, reader: int) -> None:
        address = f"r{reader}@mail.example"
        self.left.setdefault(address, len(self.world.mails))
        token = unsubscribe_token(SETTINGS, self.world.id(address))
        self.world.submit("unsubscribe", token=token)

    @rule(form=st.text(max_size=12), value=st.text(max_size=40), name=FIELDS)
    def submit(self, form: str, name: str, value: str) -> None:
        for known in ("subscribe", "confirm", "unsubscribe", form):
            self.world.handle(FormSubmitted(known, {name: value}))
        self.world.handle(MailReceived({"subject": value}))

    @rule(key=st.text(max_size=30) | TIMERS)
    def odd(self, key: str) -> None:
        self.world.handle(Due(f"x{key}"))
        self.world.handle(Performed("Deliver", key, None, None, "odd"))
        self.world.handle(SetAside(key, "action"))

    @invariant()
    def nobody_gets_a_mail_twice(self) -> None:
        got = Counter((address, letter.key) for address, _, letter in self.world.news())
        assert max(got.values(), default=1) == 1

    @invariant()
    def what_was_removed_is_kept_nowhere(self) -> None:
        kept = self.world.memory.everything()
        assert not [x for x in self.removed if x in kept]

    @invariant()
    def who_has_left_gets_nothing(self) -> None:
        for address, since in self.left.items():
            later = [x for x in self.world.mails[since:] if x[0] == address and x[2].listed]
            assert not later

    def teardown(self) -> None:
        self.hold(held=False)
        self.world.back()
        self.world.pass_time(timedelta(days=10))
        for stored in self.world.memory.all(ROUNDS):
            assert stored.finished
            assert (stored.settled, stored.waiting) == (stored.total, 0)
        assert all(x.key.startswith("c/") for x in self.world.memory.all(LETTERS))


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
