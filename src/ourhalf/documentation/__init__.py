"""The generated part of `docs/`: reference pages made from the program's own values.

`make golden` writes the pages, and a test fails where one of them is missing, out of date or left over.
"""
