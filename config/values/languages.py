"""The languages that can be named in the settings, and what people write for them."""

from __future__ import annotations

from config.values.faults import shown
from config.values.suggest import closest

# Code (BCP 47; `de-simple` is Leichte Sprache): other ways in which people write it.
LANGUAGES: dict[str, tuple[str, ...]] = {
    "de": ("german", "deutsch", "ger", "deu"),
    "de-simple": ("leichte sprache", "einfache sprache", "de-leicht", "de-ls", "simple german"),
    "en": ("english", "englisch", "eng"),
    "am": ("amharic", "amharisch"),
    "ar": ("arabic", "arabisch", "ara", "العربية"),
    "az": ("azerbaijani", "aserbaidschanisch"),
    "bg": ("bulgarian", "bulgarisch"),
    "bn": ("bengali", "bengalisch", "bangla"),
    "bs": ("bosnian", "bosnisch"),
    "ckb": ("sorani", "kurdish sorani"),
    "cs": ("czech", "tschechisch", "cz"),
    "el": ("greek", "griechisch", "gr"),
    "es": ("spanish", "spanisch", "español"),
    "fa": ("persian", "persisch", "farsi", "ir", "فارسی"),
    "fr": ("french", "französisch", "français"),
    "ha": ("hausa",),
    "hi": ("hindi",),
    "hr": ("croatian", "kroatisch"),
    "hu": ("hungarian", "ungarisch"),
    "hy": ("armenian", "armenisch"),
    "it": ("italian", "italienisch"),
    "ka": ("georgian", "georgisch"),
    "kmr": ("kurmanji", "kurdish", "kurdisch", "ku", "kurmancî"),
    "lt": ("lithuanian", "litauisch"),
    "lv": ("latvian", "lettisch"),
    "mk": ("macedonian", "mazedonisch"),
    "ml": ("malayalam",),
    "mn": ("mongolian", "mongolisch"),
    "nl": ("dutch", "niederländisch"),
    "no": ("norwegian", "norwegisch"),
    "pa": ("punjabi", "panjabi"),
    "pl": ("polish", "polnisch"),
    "prs": ("dari",),
    "ps": ("pashto", "paschtu", "paschto"),
    "pt": ("portuguese", "portugiesisch"),
    "ro": ("romanian", "rumänisch"),
    "rom": ("romani", "romanes"),
    "ru": ("russian", "russisch", "русский"),
    "sk": ("slovak", "slowakisch"),
    "so": ("somali", "somalisch"),
    "sq": ("albanian", "albanisch"),
    "sr": ("serbian", "serbisch"),
    "sw": ("swahili", "suaheli"),
    "ta": ("tamil", "tamilisch"),
    "ti": ("tigrinya", "tigrinisch", "tir"),
    "tr": ("turkish", "türkisch", "türkçe"),
    "uk": ("ukrainian", "ukrainisch", "ua", "українська"),
    "ur": ("urdu",),
    "vi": ("vietnamese", "vietnamesisch"),
    "zh": ("chinese", "chinesisch"),
}


def checked_language(text: str) -> str:
    """`text` if it is a known code. Raises ValueError that proposes one."""
    if text in LANGUAGES:
        return text
    meant = _meant(text)
    if meant is None:
        raise ValueError(
            f"{shown(text)} is not a known language; write a code such as de, en, ar, fa or uk"
        )
    raise ValueError(f"{shown(text)} is not a known language; write {shown(meant)}")


def _meant(text: str) -> str | None:
    word = text.strip().casefold().replace("_", "-")
    primary = word.partition("-")[0]
    names = {name: code for code, others in LANGUAGES.items() for name in (code, *others)}
    close = closest(word, names, 0.75) if len(word) > 3 else None
    return names.get(word) or names.get(close or "") or names.get(primary)
