"""The words of answers, as people write them in the languages of the catalogues, and misspell them.

Which language a word is of does not matter: nobody says in which one an answer is written.
"""

from __future__ import annotations

from bots.runtime.understanding.folding import fold


def folded(*tables: str) -> frozenset[str]:
    """Words as `fold` leaves them."""
    return frozenset(fold(word) for table in tables for word in table.split())


def _phrases(*tables: str) -> frozenset[str]:
    return frozenset(fold(phrase) for table in tables for phrase in table.split(","))


POLITE = folded(
    "bitte danke dank vielen herzlich schön schon hallo guten tag moin servus",
    "please thank thanks you hello hi hey dear sir madam pls plz thx sorry maam",
    "merci beaucoup svp s'il vous te plaît plait bonjour bonsoir salut monsieur madame",
    "lütfen teşekkürler teşekkür ederim sağ ol olun merhaba selam",
    "будь ласка дякую вітаю добрий день доброго дня",
    "пожалуйста спасибо здравствуйте привет добрый",
    "شكرا شكراً جزيلا لك لكم من فضلك لو سمحت السلام عليكم مرحبا ان شاء الله",
    "ممنون ممنونم مرسی متشکرم لطفا لطفاً تشکر سلام صاحب جان",
    "በጃኹም የቐንየለይ የቐንየልና ሰላም",
)
"""What people put around an answer, which says nothing."""
YES = folded(
    "ja jaa jaja jo joa jap jep jepp jup jupp jawohl jawoll",
    "yes yess yees yeah yea yep yepp yup yap ye yas yah",
    "oui ouii ouais ouai oué wi",
    "evet ewet eved",
    "так ага угу авжеж еге да",
    "نعم ايوه أيوا اي ايه أجل بلى إيوه ايوة نعمم",
    "بله بلی آره اره آری ارى بلي",
    "እወ ኣወ እዎ",
    "aywa aiwa aywah aywah eywa naam na3am balle baleh bale areh",
)
"""What is a yes whatever is around it, and no answer at all beside a no."""
AGREED = folded(
    "einverstanden einverstande einverstanten einferstanden einverstandn eiverstanden",
    "stimmt stimme stimmen zustimmen zugestimmt zustimme akzeptiere akzeptieren akzeptiert",
    "dabei klar gerne gern passt natürlich natuerlich selbstverständlich sicher richtig genau"
    " korrekt ordnung bestätige bestätigt bestaetige bestaetigt",
    "ok okay okey oki oke okee okei k okk okkk",
    "agree agreed agreee agre aggree accept accepted accepting sure alright certainly correct",
    "absolutely definitely course confirm confirmed",
    "accord daccord dacord dakor daccor accepte jaccepte laccepte acceptons acceptes acceptee"
    " naccepte confirme certainement absolument",
    "volontiers parfait entendu",
    "logo logisch okidoki super prima perfekt perfect great aye tmm وأوافق وموافق وموافقة"
    " ونوافق چشم እሺ እወእወ",
    "tamam tamamdır tamamdir kabul onay onaylıyorum onaylarım onayliyorum olur katılıyorum"
    " katiliyorum peki elbette tabii tabi anlaştık kabulüm aynen uygun uygundur memnuniyetle",
    "згоден згодна згодний згодні погоджуюсь погоджуюся погоджуємось погоджуємося приймаю"
    " приймаємо добре гаразд звісно звичайно окей ок давай давайте підтверджую",
    "согласен согласна согласны соглашаюсь соглашаемся принимаю принимаем хорошо ладно конечно"
    " естественно разумеется подтверждаю сагласен сагласна согласин",
    "موافق موافقا موافقة موافقه موافقون موافقين موافقات أوافق نوافق اوفق أقبل نقبل قبلت قبول مقبول",
    "تمام حسنا حسناً طيب أكيد بالتأكيد طبعا ماشي اوك اوكي أوكيه أؤكد",
    "موافقم موافقیم قبوله میپذیرم می‌پذیرم پذیرم باشه باشد حتما حتماً اوکی اوکیه البته درسته درست",
    "ይስማዕማዕ እስማዕማዕ ንስማዕማዕ እቕበል ንቕበል ሕራይ ተቐቢለ ይቕበል ጽቡቕ",
    "mwafeq mouafiq muwafiq muafiq mwafe2 mashi tayeb tayyeb akid bashe basheh ghabul qabul",
    "soglasen soglasna zgoden zgodna horosho dobre kabul",
)
"""What is a yes unless something negates it."""
NO = folded(
    "nein neein nö noe nee ne nicht nie niemals keinesfalls keineswegs ned net ohne lehne ablehnen",
    "abgelehnt uneinverstanden",
    "no noo nope nah not dont never disagree refuse refused reject decline declined doesnt wont"
    " cannot cant",
    "non nan nann pas jamais refuse refusé refusee",
    "hayır hayir yok değil degil olmaz istemiyorum etmiyorum etmem etmiyoruz onaylamıyorum",
    "onaylamiyorum katılmıyorum katilmiyorum reddediyorum reddederim asla yoo",
    "ні не нє незгоден незгодна відмовляюсь відмовляюся ніколи ніт",
    "нет неа несогласен несогласна отказываюсь никогда нету",
    "لا لأ كلا مش غير لست لسنا لن أرفض ارفض مرفوض أبدا مو موش ليس ماني",
    "نه خیر نخیر نیستم نیستیم ندارم نمیکنم نمی‌کنم نمیپذیرم نمی‌پذیرم نمیخواهم نمیخوام نمی هرگز",
    "ኣይፋል ኣይፋልን ኣይፋሉን ኣይኮነን ኣይስማዕማዕን ኣይቕበልን ኣይደልን ኣይ",
    "nakheir kheir laa hayr",
    "dagegen istemem",
)
AROUND = POLITE | folded(
    "ich bin wir sind i am we are im is it its je suis nous sommes on ce c d m da das dem den der",
    "die es damit zu in auf jeden fall alles so doch und mit von mir uns dir euch sehr zur regeln",
    "gut",
    "yours plus the to them that this do does of with all very much rules rule terms and gladly"
    " indeed fine",
    "règles regles les la le des aux avec bien sûr tout à fait a cela ça sil",
    "ben biz bunu şartları kuralları kurallari evt ediyorum ediyoruz ettim ederiz ki",
    "я ми мы це це з цим с этим дуже очень вам правилами",
    "правила усім всем усе все",
    "أنا انا نحن على ذلك هذا القواعد هذه مع و",
    "من ما را با این قوانین هستم هستیم دارم و می هم قبول میکنم می‌کنم کنم کن",
    "ኣነ ንሕና ምስቲ ሕግታት ነቲ",
    "j o will möchte moechte würde wollen want would like veux voudrais istiyorum хочу أريد"
    " میخواهم خواهم",
    "lieber rather eher plutôt краще лучше",
    "категорично категорически تماما والله እዩ i'm",
)
READ = folded(
    "habe hab haben gelesen sie hiermit sage have read ve lu ai j'ai jai okudum прочитав прочитала"
    " прочитал читал читала и і قرأت قرأتها خواندم خوانده‌ام ኣንቢበዮ ኣንቢበ"
)
"""Goes with a yes, but beside a no it says something else: «nicht gelesen»."""
YES_PHRASES = _phrases(
    "aber ja,aber klar,aber gern,aber gerne,na klar,na gut,ist gut,gut,sehr gut,das ist gut"
    ",ist gut so,geht in ordnung,das geht in ordnung,das ist in ordnung,auf jeden fall,mach das"
    ",machen sie das,ja mach das,ja machen sie das,das ist ok,ja das ist ok,ja das geht",
    "all right,right,thats right,good,very good,fine,thats fine,that is fine,its fine,it is fine"
    ",fine with me,im fine with that"
    ",sure thing,count me in,thats ok,sounds good,go ahead,yes go ahead,do it,yes do it,do,i do",
    "bien sûr,ça marche,vas y,ok pour moi,tout à fait,avec plaisir,mais oui,c'est bon"
    ",c'est d'accord,je veux bien,ça me va",
    "tabii ki,tabi ki,kabul ettim",
    "я за",
    "قطعا,بكل سرور,بكل تأكيد",
    "درست است",
)
"""What is a yes as a whole, politeness aside, though its words are none."""
NO_PHRASES = _phrases(
    "auf keinen fall,auf gar keinen fall,nein auf keinen fall,bloß nicht,lieber nicht,leider nicht"
    ",nein leider nicht,leider nein,ich lehne ab,ich lehne das ab,nix da",
    "kein interesse,nein kein interesse,lass mal,nee lass mal,not interested,no not interested"
    ",ما بدي,لا ما بدي,не цікаво,не интересно",
    "no way,not really,not at all,id rather not,i would rather not,of course not,certainly not"
    ",no not at all",
    "pas du tout,surtout pas,bien sûr que non,non pas du tout,mais non",
    "ні в якому разі",
    "не надо,лучше не надо,ни в коем случае,конечно нет,нет не надо",
)
"""What is a no as a whole."""
UNSURE = folded("sicher sure sûr sûre certain")
"""What doubts, rather than refuses, beside a no."""
WHOLE_YES = folded("j y o da tak si sí sim t2mam д т")
"""One word that is a yes when nothing is beside it."""
WHOLE_NO = folded("n la ni nn niet nyet net na naa н")
LATER = folded(
    "später spaeter spater nachher irgendwann überspringen ueberspringen weiter andermal",
    "later skip afterwards next",
    "tard passer ignorer",
    "sonra geç atla",
    "пізніше потім згодом пропустити",
    "позже потом позднее пропустить",
    "لاحقا لاحقاً لاحق بعدين تخطي فيما بعد",
    "بعدا بعداً بعد رد",
    "ደሓር ድሓር ዝለል ድሕሪ ጽናሕ",
)
NOT_NOW = folded(
    "jetzt noch gerade grade heute im moment momentan erstmal erst mal vorerst",
    "now yet today at the moment maintenant encore pour l'instant",
    "şimdi simdi şimdilik henüz şu an зараз ще поки сейчас пока еще",
    "الآن بعد حاليا الان فعلا حالا ሕጂ",
)
PERHAPS = folded(
    "vielleicht maybe perhaps peut être belki можливо может быть ربما شاید",
    "ein anderes mal time another decide une autre fois daha başka zaman іншим разом в другой раз"
    " في وقت آخر وقت دیگر ካልእ ግዜ",
)
"""What people put around a «later»."""
LATER_PHRASES = _phrases(
    "another time,some other time,une autre fois,başka zaman,іншим разом,в другой раз"
    ",erst morgen,nächste woche,tomorrow,next week,another day,demain,yarın,завтра,غدا,بكرة,فردا"
    ",ጽባሕ,mach ich später,das mach ich später,ich mache das später,later pls"
    ",ein anderes mal,وقت دیگر,یک وقت دیگر,في وقت آخر,ካልእ ግዜ"
)
NONE = folded(
    "keine keins keines keiner keinen kein nichts nix garnichts niemand",
    "none nothing neither nobody",
    "aucun aucune rien ni",
    "hiçbiri hicbiri hiç hic hiçbirini hiçbirşey hiçbir kimse",
    "жодна жодної жоден жодну жодного жодне нічого ніяка ніякої ніяку",
    "никакая никакие никакой никакую ничего ниодна ниодной никто",
    "لاشيء شيء شي ولا واحد واحدة أحد",
    "هیچ هیچکدام هیچ‌کدام هیچی هیچیک کدام",
    "ዋላ ሓደ ዋላሓደ ሓንቲ ዋላሓንቲ ምንም",
)
NONE_PHRASES = _phrases(
    "no one,gar nichts,überhaupt nichts,ni l'un ni l'autre,rien du tout,ни одной,ни одна,ни одну"
    ",ни один,ни то ни другое,هیچ یک,hiç biri,hiçbir şey"
)
OFFERED = folded(
    "davon denen beiden von diesen ihnen gruppen themen initiativen these those groups topics"
    " initiatives d'entre entre eux elles groupes thèmes bunların bunlar gruplar grupların",
    "группы темы из этих них групи теми з цих них منها منهم هذه المجموعات المواضيع شيء",
    "آنها آن‌ها از اینها گروه‌ها گروهها موضوعات ها",
)
"""What is offered, where somebody wants all or none of it."""
CANCEL = folded(
    "abbrechen abbruch stopp stop halt zurück zurueck cancel abort quit annuler annule"
    " arrêter iptal"
    " vazgeç vazgectim vazgeçtim dur скасувати скасуй стоп відміна відмінити отмена отменить отмени"
    " الغاء إلغاء ألغ توقف لغو انصراف ሰርዝ ኣቋርጽ"
)
ALL = folded(
    "alle alles allen aller beide beiden sämtliche",
    "all everything every both everyone",
    "tous toutes tout toute",
    "hepsi hepsini tümü tumu tümünü tamamı bütün hepsine ikisi",
    "усі всі все усе обидва обидві",
    "всё все всех оба обе",
    "الكل كل كلها كلهم جميع الجميع جميعها كلاهما",
    "همه همه‌ی همگی همه‌شان هر هردو",
    "ኩሉ ኩሎም ኩለን ኩሉም ኹሉ",
)
