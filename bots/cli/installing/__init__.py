"""From ten answers to the files of an installation: `buendnis init`.

Theory of operation: `questions` says what is asked, `checks` what an answer may be; `answers` is
what they come to. `files` turns answers and secrets into the text of every file, without looking at
a disk. Only `writing` and `keys` touch the folder: what lies there already stays as it is.
"""
