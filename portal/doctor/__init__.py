"""What is wrong with a set-up, in words: `manage.py doctor`. Nothing here shows a secret or changes anything."""
