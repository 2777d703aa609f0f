"""Picture credits: where in a caption one stands, and whose it is.

A credit stands behind its caption ("… in spring. Mira Toll/AFP"), before it, or alone on a
line; with a label ("Foto:", "©", "写真＝") or without one. `split_caption` parts the two,
`parse` names the parts of a credit. Both are told that the text is a caption or a credit:
whether it is one is for the rules and the context to say.
"""

from .names import is_company, is_name, is_network
from .parts import Credit, credits_of, parse
from .split import (
    CreditLine,
    Split,
    credit_line,
    is_cued,
    is_label,
    is_picture_credit,
    may_be_sure_credit,
    split_caption,
)

__all__ = [
    "Credit",
    "CreditLine",
    "Split",
    "credit_line",
    "credits_of",
    "is_company",
    "is_cued",
    "is_label",
    "is_name",
    "is_network",
    "is_picture_credit",
    "may_be_sure_credit",
    "parse",
    "split_caption",
]
