"""`python -m ourhalf` is `ourhalf`."""

from ourhalf.cli.main import program

if __name__ == "__main__":
    program()
