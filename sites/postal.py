"""Which postal codes go with which province: enough for a warning, never for a refusal.

The first digit of a postal code names one of the post's large regions. The borders of these regions are
older than those of some provinces, so a province may have more than one digit, and an unlike code is asked
about only.
"""

from sites.models import City

_REGIONS = {
    "1": ("تهران",),
    "3": ("تهران", "البرز", "قزوین", "قم", "مرکزی", "سمنان"),
    "4": ("گیلان", "زنجان", "مازندران", "گلستان"),
    "5": ("آذربایجان شرقی", "آذربایجان غربی", "اردبیل"),
    "6": ("خوزستان", "همدان", "کردستان", "کرمانشاه", "لرستان", "ایلام"),
    "7": ("فارس", "بوشهر", "کهگیلویه و بویراحمد", "کرمان", "هرمزگان"),
    "8": ("اصفهان", "چهارمحال و بختیاری", "یزد"),
    "9": ("خراسان رضوی", "خراسان شمالی", "خراسان جنوبی", "سیستان و بلوچستان"),
}


def is_unlike(postal_code: str, city: City) -> bool:
    """Whether the code begins as those of another region do; False for a province that is not known here."""
    province = city.province.name
    digits = [digit for digit, provinces in _REGIONS.items() if province in provinces]
    return bool(digits) and not postal_code.startswith(tuple(digits))
