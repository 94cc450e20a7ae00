"""In which language somebody writes: a guess that is right, or none."""

from __future__ import annotations

from bots.ombuds.languages import guess
from bots.runtime.words import LANGUAGES

OFFERED = tuple(x.tag for x in LANGUAGES)
WRITTEN: dict[str | None, tuple[str, ...]] = {
    "ru": (
        "Здравствуйте, охранник кричит",
        "Помогите, где вы",
        "Меня выгнали из комнаты",
        "Охранник бьёт людей",
        "Привет, мне нужна помощь",
        "У нас нет воды",
    ),
    "uk": (
        "Допоможіть",
        "Привіт, мені потрібна допомога",
        "Охоронець кричить на нас",
        "У нас немає води вже три дні",
        "Доброго дня, хочу поскаржитися",
    ),
    "ar": (
        "مرحبا",
        "أحتاج إلى مساعدة",
        "الحارس يصرخ علينا",
        "لا يوجد ماء في الغرفة",
        "السلام عليكم",
        "انا اريد المساعدة من فضلك",
        "عندي مشكلة مع الحارس",
    ),
    "fa": (
        "کمک می‌خواهم",
        "نگهبان سر ما داد می‌زند",
        "آب نداریم و اتاق سرد است",
        "سلام، من به کمک احتیاج دارم",
        "لطفا به ما کمک کنید",
        "در خوابگاه ما مشکل هست",
    ),
    "ti": (
        "ሰላም ሓገዝ",
        "ሓገዝ የድልየኒ ኣሎ",
        "ኣብ ገዛና ማይ የለን",
    ),
    "fr": (
        "Je ne suis pas bien",
        "Bonjour, j'ai besoin d'aide",
        "Le gardien nous crie dessus",
        "Il n'y a pas d'eau",
        "Bonsoir, aidez moi",
    ),
    "tr": (
        "Merhaba, bana yardım",
        "Güvenlik bize bağırıyor",
        "Yardım edin lütfen",
        "Odada su yok",
        "yardim lutfen",
    ),
    "en": (
        "Please help me, Ольга",
        "The guard shouts at us",
        "Hello, I need help",
        "There is no water",
    ),
    "de": (
        "Hilfe, der Wachmann schreit uns an",
        "Guten Tag, ich brauche Hilfe",
        "Im Heim gibt es kein Wasser",
        "Wir haben kein warmes Wasser",
    ),
    None: (
        "سلام",
        "OK",
        "Ok danke ok",
        "",
        "123",
        "زه مرسته غواړم",
        "ساتونکی پر موږ چیغې وهي",
        "مرسته وکړئ",
        "یارمەتیم پێویستە",
        "پاسەوانەکە هاوارمان بەسەردا دەکات",
        "مجھے مدد چاہیے",
        "گارڈ ہم پر چلاتا ہے",
        "برائے مہربانی مدد کریں",
        "Xin chào, tôi cần giúp đỡ",
        "Bảo vệ la hét vào chúng tôi",
        "Tôi không có nước",
        "Hola, necesito ayuda",
        "El guardia nos grita",
        "No hay agua en la habitación",
        "Waxaan u baahanahay caawimaad",
        "Ilaaliyuhu wuu nagu qayliyaa",
        "Ez alîkarî dixwazim",
        "Ji kerema xwe alîkariya min bikin",
        "Më ndihmoni ju lutem",
        "Ciao, ho bisogno di aiuto",
        "Preciso de ajuda por favor",
        "Dzień dobry, potrzebuję pomocy",
        "Моля, помогнете ми",
        "Помозите нам молим вас",
        "Памажыце, ахоўнік крычыць",
        "እርዳታ ያስፈልገኛል",
        "ሰላም",
        "Салом, ба ман кӯмак лозим аст",
        "Ninahitaji msaada tafadhali",
        "Saya butuh bantuan",
        "Salut",
        "Am nevoie de ajutor, vă rog",
        "Mənə kömək lazımdır",
    ),
}
"""None: too short, several languages, or one that we do not have."""


def test_every_sentence_is_guessed_right_or_not_at_all() -> None:
    wrong = [
        (language, guess(text, OFFERED), text)
        for language, texts in WRITTEN.items()
        for text in texts
        if guess(text, OFFERED) != language
    ]
    assert wrong == []


def test_what_is_not_offered_is_not_guessed() -> None:
    for language, texts in WRITTEN.items():
        for text in texts:
            assert guess(text, [x for x in OFFERED if x != language]) is None


def test_a_name_in_another_script_changes_nothing() -> None:
    assert guess("Меня зовут Anna, помогите", OFFERED) == "ru"
    assert guess("My name is Ольга and I need help", OFFERED) == "en"
