"""An admin tool with psycopg 3. It signs a user out everywhere and has the revoked tokens
deleted, both or neither. The role needs what `siltgate grants --trigger` prints.

    DATABASE_URL=postgres://... python3 admin.py sign-out USER ADMIN REASON
    DATABASE_URL=postgres://... python3 admin.py runs
"""

import os
import sys

import psycopg


def sign_out(connection, user, admin, reason):
    with connection.transaction():
        revoked = connection.execute(
            "UPDATE refresh_tokens SET revoked = true WHERE user_id = %s AND NOT revoked", [user]
        ).rowcount
        # The run begins after the commit, and sees what was revoked.
        (run,) = connection.execute(
            "SELECT siltgate.enqueue_token_cleanup(tables => %s, requested_by => %s, reason => %s)",
            [["refresh_tokens"], admin, reason],
        ).fetchone()
    print(f"revoked {revoked} tokens; run {run} deletes them")


def runs(connection):
    for row in connection.execute(
        "SELECT id, state, outcome, requested_by, reason, deleted, error FROM siltgate.runs ORDER BY id DESC LIMIT 20"
    ):
        print(*row)


def main(arguments):
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        match arguments:
            case ["sign-out", user, admin, reason]:
                sign_out(connection, user, admin, reason)
            case ["runs"]:
                runs(connection)
            case _:
                sys.exit("want sign-out USER ADMIN REASON, or runs")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except psycopg.Error as error:
        sys.exit(f"admin.py: {error}")
