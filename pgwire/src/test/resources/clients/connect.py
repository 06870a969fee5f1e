"""Where the server is, for all scripts."""
import os

HOST, PORT = os.environ["PGHOST"], int(os.environ["PGPORT"])
USER, PASSWORD, DATABASE = os.environ["PGUSER"], os.environ["PGPASSWORD"], os.environ["PGDATABASE"]
DSN = f"host={HOST} port={PORT} user={USER} password={PASSWORD} dbname={DATABASE}"


def url(driver):
    return f"postgresql+{driver}://{USER}:{PASSWORD}@{HOST}:{PORT}/{DATABASE}"
