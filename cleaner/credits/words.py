"""The words of picture credits, in the languages and scripts that newspapers print them in.

One list for all languages and not a term of each language's pack: a credit is read where a
picture stands already, its label may be in another language than the page's (an agency's
"Foto:" under a Czech story), and it is read when the decisions are made and no packs are at
hand. The agencies that the rules know too are read from the pack that belongs to no language.
Facts and short words only; the catalogue of seen credits says where they come from.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_PACK = Path(__file__).parent.parent / "packs" / "lang" / "any.toml"


def _said_by_rules() -> frozenset[str]:
    """The agencies that the rules know, folded as names in credits are."""
    import tomli  # as the packs are read; Python 3.10 has no reader of its own

    names = tomli.loads(_PACK.read_text(encoding="utf-8"))["terms"]["agency"]
    return frozenset(unicodedata.normalize("NFKC", name).casefold().strip(" .") for name in names)


# Labels that stand before a name, mostly with a colon; a language a line.
LABELS = frozenset(
    """
    photo|photos|photograph|photographs|photographer|photography|picture|pictures|pic|image|images
    credit|credits|photo credit|photo credits|image credit|image credits|picture credit|pic credit
    photo source|image source|picture source|file photo|file picture|file image|stock photo|video
    photo illustration|illustration|graphic|graphics|infographic|screenshot|screenshots|screengrab
    screen grab
    photo courtesy|image courtesy|courtesy|collage|cartoon|artwork|handout photo|image copyright
    photo copyright|source|sources|camera
    foto|fotos|bild|bilder|bildquelle|fotoquelle|bildnachweis|fotonachweis|bildrechte|fotorechte
    bildcredit|fotocredit|fotograf|fotografin|fotografie|symbolfoto|symbolbild|archivfoto|archivbild
    themenfoto|themenbild|agenturfoto|handyfoto|quelle|quellen|grafik|infografik|fotomontage|montage
    repro|zeichnung|luftbild|pressefoto|privatfoto|filmstill|karikatur|visualisierung
    photographie|photographies|photographe|crédit|crédits|crédit photo|crédits photo|crédits photos
    crédit image|crédits image|photo d'archives|photo d'illustration|image d'illustration|visuel
    infographie|dessin|capture d'écran|captures d'écran|montage photo|gracieuseté
    fotografía|fotografías|fotógrafo|fotógrafa|imagen|imágenes|crédito|créditos|fuente|vídeo
    ilustración|infografía|gráfico|cortesía|captura de pantalla|foto de archivo|archivo
    fotografia|immagine|immagini|crediti|fonte|illustrazione|disegno
    imagem|imagens|divulgação|reprodução|ilustração|infográfico|foto ilustrativa
    foto's|beeld|beelden|bron|illustratie|tekening
    fot|fot.|zdjęcie|zdjęcia|źródło|ilustracja|grafika|autor zdjęcia|autor
    фото|фотография|фотографии|фотограф|источник|изображение|иллюстрация|снимок|кадр|скриншот
    фотографія|джерело|зображення
    zdroj|ilustrační foto|ilustračné foto|autor fota
    billede|bilde|kilde|källa|illustrasjon|skjermdump|skærmbillede|skärmdump|arkivfoto|arkivbild
    pressebilde|genrefoto|privat foto|ljósmynd|ljósmyndir|mynd|skjáskot
    kuva|kuvat|kuvaaja|valokuva|valokuvat|lähde|fotó|fotók|kép|képek|forrás|illusztráció
    poză|sursă|sursa|fotoğraf|fotoğraflar|görsel|kaynak|arşiv|foto arşiv
    φωτογραφία|φωτογραφίες|φωτο|πηγή|εικόνα|снимка|снимки|източник|фотографије|slika|izvor|vir
    تصوير|صورة|الصورة|الصور|المصدر|مصدر الصورة|مصدر الصور|عکس|منبع|צילום|צילומים|קרדיט|תמונה
    फोटो|तस्वीर|स्रोत|साभार
    写真|撮影|画像|出典|写真提供|画像提供|提供|写真・図版|图|图源|图片|图片来源|圖|圖源|圖片|圖片來源|图自|来源
    來源|摄影|攝影|供图|供圖|资料图|사진|사진출처|사진 출처|사진제공
    사진 제공|출처|자료사진|자료 사진|이미지 출처
    ảnh|nguồn|hình ảnh|gambar|sumber|dok|dok.|dokumentasi|isithombe|izithombe|umfanekiso|picha
    """.strip()
    .replace("\n", "|")
    .replace("    ", "")
    .split("|")
)

# Labels behind which stands where something was taken from.
SOURCES = frozenset(
    {
        "source",
        "sources",
        "quelle",
        "quellen",
        "bildquelle",
        "fotoquelle",
        "fuente",
        "fonte",
        "bron",
        "źródło",
        "источник",
        "джерело",
        "zdroj",
        "kilde",
        "källa",
        "lähde",
        "forrás",
        "sursa",
        "kaynak",
        "πηγή",
        "المصدر",
        "出典",
        "来源",
        "來源",
        "图片来源",
        "圖片來源",
        "출처",
        "사진 출처",
        "nguồn",
        "sumber",
        "screenshot",
        "skjermdump",
        "capture d'écran",
        "captures d'écran",
        "captura de pantalla",
    }
)

# Labels that say what a picture is, and stay in its credit.
KEPT_LABELS = frozenset(
    {
        "screenshot",
        "screenshots",
        "screengrab",
        "screen grab",
        "capture d'écran",
        "captures d'écran",
        "capture d'écran de",
        "captures d'écran de",
        "captura de pantalla",
        "skjermdump",
        "skærmbillede",
        "skärmdump",
        "skjáskot",
        "скриншот",
    }
)

# Labels that need nothing between them and a name: "Foto Ines Falk", "(photo AFP)".
BARE_LABELS = (
    "foto",
    "fotos",
    "photo",
    "photos",
    "photo d'archives",
    "fot",
    "fot.",
    "beeld",
    "archivo",
    "dok.",
    "screenshot",
    "screenshots",
    "skjermdump",
    "ljósmynd",
    "kuva",
    "фото",
    "ảnh",
)

# What says that a picture is somebody's, and whose: the name stands behind it.
RIGHTS = (
    "©",
    "ⓒ",
    "(c)",
    "（c）",
    "（Ｃ）",
    "copyright",
    "all rights reserved",
    "alle rechte vorbehalten",
    "tous droits réservés",
    "todos los derechos reservados",
    "tutti i diritti riservati",
    "todos os direitos reservados",
)

# Words between a label and a name: "Photo by", "Foto von", "cedida por".
BY = (
    "by",
    "of",
    "from",
    "via",
    "von",
    "par",
    "por",
    "de",
    "di",
    "da",
    "do",
    "door",
    "van",
    "af",
    "av",
    "och",
    "из",
    "przez",
)

# Bare phrases that open a credit without a colon.
OPENERS = (
    "courtesy of",
    "photo courtesy of",
    "image courtesy of",
    "picture courtesy of",
    "photo by",
    "photos by",
    "picture by",
    "pictures by",
    "image by",
    "images by",
    "photograph by",
    "photographs by",
    "photographed by",
    "illustration by",
    "supplied by",
    "provided by",
    "image copyright",
    "image source",
    "foto von",
    "fotos von",
    "zur verfügung gestellt von",
    "mit freundlicher genehmigung von",
    "photo de",
    "photos de",
    "photo par",
    "photo fournie par",
    "avec l'aimable autorisation de",
    "capture d'écran de",
    "captures d'écran de",
    "cedida por",
    "cedidas por",
    "cortesía de",
    "foto cortesía de",
    "foto di",
    "per gentile concessione di",
    "foto de",
    "foto door",
    "fot.",
    "фото из",
    "зображення надано",
)

# Openers behind which stands who gave the picture away, and hardly ever who took it.
GIVERS = frozenset(
    {
        "courtesy of",
        "photo courtesy of",
        "image courtesy of",
        "picture courtesy of",
        "supplied by",
        "provided by",
        "zur verfügung gestellt von",
        "mit freundlicher genehmigung von",
        "photo fournie par",
        "avec l'aimable autorisation de",
        "cedida por",
        "cedidas por",
        "cortesía de",
        "foto cortesía de",
        "per gentile concessione di",
        "фото из",
        "зображення надано",
        "courtesy",
        "cortesía",
        "gracieuseté",
        "divulgação",
    }
)

# Names of agencies and picture archives, folded to lower case: those of the rules' term "agency",
# which stand in `packs/lang/any.toml` and nowhere else, and those that are one in a credit alone,
# where a rule would find them in any sentence. What a rights holder calls itself ("Press",
# "Images") is in `AGENCY_WORDS`.
AGENCIES = _said_by_rules() | frozenset(
    """
    ap images|ap file|afp photo|agence france-presse|thomson reuters|gettyimages|gettyimages.com
    getty images/istockphoto|pa images|press association|epa/efe|dpa-bildfunk|dpa images
    dpa picture-alliance|dpa/picture alliance|imago images|imago-images|imago-images-bilder
    apa-images|apa images|keystone-sda|telam|agi|adnkronos|čtk foto|tasr|mti|итар-тасс|рия новости
    спутник|新华社|新華社|中新社|视觉中国|共同|共同通信|共同通信社|時事|時事通信|afp時事|ロイター|afp=時事|ゲッティ|ゲッティイメージズ
    shutterstock.com|alamy stock photo|stock.adobe.com|123rf|freepik|flickr|wikimedia
    wikimedia commons|wikipedia|sipa press|sipa usa|abaca|abacapress|ddp images|zuma wire|magnum
    vii|splash|rex/shutterstock|aap image|actionpress|action press|cp|postmedia|postmedia news
    aton|notimex|cuartoscuro|ritzau scanpix|ntb scanpix|tt nyhetsbyrån|bildbyrån|file|courtesy
    supplied|stringer|lightrocket|moment|eyeem|e+|zefa|wirephoto|newscom|pictures|laif|visum
    ullstein bild|ullstein|akg-images|akg|bridgeman images|bpk|mauritius images|westend61
    blickwinkel|okapia|agentur focus|ostkreuz|oroma|snapshot|abacapress.com|le pictorium
    연합뉴스|뉴시스
    뉴스1|로이터|로이터 연합뉴스|ap 연합뉴스|afp 연합뉴스
    رويترز|أ ف ب|فرانس برس|وام|واس|الأناضول|ukrinform|укринформ
    унiан|уніан|antara|vna|ttxvn|mcot|kcna|dok|nordphoto|witters|gepa
    gepa pictures|expa|sid|sid-images|firo|firo sportphoto|eibner|perfocus|usa today
    usa today sports|gcis|nasa|esa|nato|instagram|facebook|twitter|x|tiktok|youtube|telegram
    truth social|reddit|linkedin|i-images
    """.strip()
    .replace("\n", "|")
    .replace("    ", "")
    .split("|")
)

# They give a picture away beside a name; alone on a line they are buttons.
NETWORKS = frozenset(
    """instagram facebook twitter x tiktok youtube telegram reddit linkedin flickr pool handout file
    courtesy supplied moment e+ pictures snapshot""".split()
)

# A name that ends in one of these is an agency's, not a person's.
AGENCY_WORDS = frozenset(
    """agency agencia agence agentur ajansı images image press presse photo photos foto pictures
    news
    media wire stock archive archiv archives archivo archivio archiwum sports sport services service
    infografik grafik redaktion""".split()
)

# In brackets or behind a full stop these say how a picture is, not whose.
NOT_A_NAME = frozenset(
    """left right centre center middle top bottom above below l r m li re links rechts mitte oben
    unten hinten vorn vorne archivbild archivfoto symbolbild symbolfoto themenbild beispielbild
    archiv archive archives archivo gauche droite centre izquierda derecha centro sinistra destra
    vlnr v.l. v.r. pictured file image file photo illustration montage collage vpravo vlevo
    t.v. t.h. tv th слева справа в центре left) right) anzeige werbung advertisement publicidad
    publicité pubblicità publicidade advertentie annonse annonce reklama reklam реклама""".split()
)

# What a picture is, where its credit says no more.
PICTURE_KINDS = re.compile(
    r"(?:foto|fotografía|imagen|imagem|immagine|image|photo|zdjęcie|fotoğraf|görsel)s?"
    r"(?: de)?(?: (?:ilustrativa|ilustrativo|referencial|referencia|archivo|arquivo|repertorio"
    r"|d'illustration|illustrativa|ilustracyjne|poglądowe))"
    r"|ilustrační foto|ilustračné foto|temsilî? (?:fotoğraf|görsel)|symbol(?:bild|foto)"
    r"|illustrationsfoto|genrefoto|photo d'archives?|file (?:photo|picture|image)",
    re.I,
)

# What companies call themselves by law.
COMPANY_WORDS = frozenset(
    """ag gmbh kg inc inc. ltd ltd. llc corp corp. plc s.a. spa s.p.a. srl s.r.l. oy ab asa nv n.v.
    bv b.v. co.""".split()
)

# No person has one of these words in the name.
ORGANISATION_WORDS = COMPANY_WORDS | frozenset(
    """ev e.v. company group gruppe groupe grupo museum musée museo university universität
    université universidad università universidade college school institute institut instituto
    istituto police polizei policía polizia polícia policja feuerwehr fire department ministry
    ministerium ministère ministerio ministero ministério council verlag zeitung media television
    radio club verein foundation stiftung fondation fundación fondazione studio studios archive
    archiv archives library bibliothek""".split()
)

# What a player or a gallery writes behind a caption.
CONTROLS = re.compile(
    r"(?:\s+|(?<=[.!?)]))(?:vis mer|vis mindre|(?:hide|toggle) caption"
    r"|(?:enlarge|expand|zoom) image|view image in fullscreen|bild vergrößern|mehr anzeigen"
    r"|weniger anzeigen|agrandir l'image"
    r"|voir en plein écran|ampliar(?: (?:la )?(?:foto|imagen))?|ingrandisci|vergroot afbeelding"
    r"|powiększ|увеличить)$",
    re.I,
)
# Where in its gallery a picture stands, and no more.
COUNTER = re.compile(
    r"\W*(?:bild|foto|photo|image|picture|imagen|imagem|immagine|slide|zdjęcie|фото)?s?\s*\d{1,3}"
    r"\s*(?:/|of|von|de|sur|di|van|z|из)\s*\d{1,3}\W*",
    re.I,
)

# Small words inside of names and of credits.
CONNECTORS = frozenset(
    """von van de der den del della di da do dos das du des le la les el al bin ibn ben y e et und
    and
    og och en i for für via by of the at with mit zu zur zum ter ten af av til från fra per pro on
    in
    im am & + / - – | x""".split()
)

# Agencies that write themselves in small letters.
SMALL_AGENCIES = frozenset({"dpa", "epd", "ddp", "dapd", "imago", "picture", "alliance", "afp"})

LICENCE = re.compile(
    r"\b(?:CC[- ]?(?:BY|0)(?:[- ](?:SA|NC|ND))*(?:[- ]?\d\.\d)?|CC0"
    r"|Creative[ -]Commons[\w .-]{0,20}|public domain|gemeinfrei|domaine public"
    r"|dominio p[uú]blico|domínio público|GFDL)\b|\(cc\)",
    re.I,
)

# What captions say of their picture, and running text hardly ever: where somebody stands in it,
# and that it is from an archive or stands for another.
CUES = re.compile(
    r"(?<!\w)\((?:l|r|li|re|left|right|links|rechts|Mitte|v\.? ?l|oben|unten|gauche|droite|izq|dcha"
    r"|izquierda|derecha|sinistra|destra|a sinistra|a destra|t\.? ?v|t\.? ?h|слева|справа)\.?\)"
    r"|\b(?:second|third|far|front row,?|top|bottom|back row,?) (?:from )?(?:left|right)\b(?!-hand)"
    r"|\bpictured (?:left|right|here|above|below|at|in|from|with|on)\b"
    r"|\bfrom left(?: to right|:|,)|\(from left|\(von links|\bv\. ?l\. ?n\. ?r"
    r"|\bvon li(?:nks)?\.? nach re(?:chts)?|\bli nach re"
    r"|\((?:Archiv|Symbol|Themen|Beispiel)(?:bild|foto|aufnahme)|\bArchiv(?:bild|foto)\b"
    r"|\bfile (?:photo|picture|image|pic)\b|photo d'archives?\b|foto de archivo"
    r"|foto d'archivio|de gauche à droite|de izquierda a derecha|da sinistra"
    r"|da esquerda para a direita|слева направо|архивное фото|od lewej|vlnr|zleva|soldan sağa"
    r"|（左から|（左）|（右）|（中央）|资料图|資料圖|자료 ?사진|왼쪽부터",
    re.I,
)

# Each of these cues holds one of these, folded: cheaper to ask for than the cues themselves.
CUE_SIGNS = (
    *("(", "（", "left", "right", "pictured", "v.", "von li", "li nach re", "archiv", "file "),
    *("gauche", "izquierda", "sinistra", "esquerda", "слева", "архивн", "od lewej", "vlnr"),
    *("zleva", "soldan", "资料图", "資料圖", "자료", "왼쪽"),
)
