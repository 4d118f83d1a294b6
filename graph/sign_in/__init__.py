"""Sign-ins: the passwords, sessions, API keys and identities of users, and their storage.

They are nodes that are no records, so no query reads them. Each names its user by `userId` instead of a relationship:
a user who is disabled or deleted is not found, and their sign-ins stop working at the next request.
"""
