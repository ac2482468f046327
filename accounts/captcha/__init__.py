"""«کد امنیتی»: the question that keeps robots out, its picture, and the field of forms that asks it."""
