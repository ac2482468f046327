"""«مابه‌التفاوت»: what a visit costs more or less than was paid, by what its expert found."""
