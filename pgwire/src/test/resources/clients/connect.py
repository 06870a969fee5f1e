"""Where the server is, for all scripts."""
import os
import urllib.parse

HOST, PORT = os.environ["PGHOST"], int(os.environ["PGPORT"])
USER, PASSWORD, DATABASE = os.environ["PGUSER"], os.environ["PGPASSWORD"], os.environ["PGDATABASE"]


def quoted(value):
    """As libpq reads it in a connection string."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


DSN = f"host={HOST} port={PORT} user={quoted(USER)} password={quoted(PASSWORD)} dbname={quoted(DATABASE)}"


def url(driver):
    who = f"{urllib.parse.quote(USER, safe='')}:{urllib.parse.quote(PASSWORD, safe='')}"
    return f"postgresql+{driver}://{who}@{HOST}:{PORT}/{DATABASE}"
