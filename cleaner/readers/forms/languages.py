"""Codes of languages: the three letters of ISO 639-3, which Common Crawl writes, to the two that
pages declare."""

from __future__ import annotations

_CODES = (
    "afr af sqi sq ara ar hye hy aze az eus eu bel be ben bn bos bs bul bg cat ca ces cs cym cy"
    " dan da deu de ell el eng en epo eo est et fas fa fin fi fra fr gle ga glg gl guj gu heb he"
    " hin hi hrv hr hun hu ind id isl is ita it jpn ja kan kn kat ka kaz kk khm km kor ko kur ku"
    " lao lo lat la lav lv lit lt ltz lb mal ml mar mr mkd mk mlt mt mon mn msa ms mya my nep ne"
    " nld nl nno nn nor no oci oc ori or pan pa pol pl por pt pus ps ron ro rus ru sin si slk sk"
    " slv sl som so spa es srp sr swa sw swe sv tam ta tat tt tel te tgk tg tgl tl tha th tuk tk"
    " tur tr ukr uk urd ur uzb uz vie vi yid yi zho zh"
).split()
_SHORT = dict(zip(_CODES[::2], _CODES[1::2], strict=True))


def short_code(code: str) -> str:
    """The two letters for three; a code that has none is left as it is."""
    return _SHORT.get(code, code)
