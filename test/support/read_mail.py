"""Reads a mail as its recipient's server does: headers by Python's library, signature by dkimpy (RFC 6376)."""

import base64
import json
import sys
from email import message_from_bytes
from email.policy import SMTP

import dkim

request = json.load(sys.stdin)
raw = base64.b64decode(request["raw"])
records = request["records"]


def lookup(name, timeout=5):
    record = records.get(name.decode().rstrip("."))
    return record.encode() if record else None


signature = dkim.DKIM(raw)
try:
    is_genuine = signature.verify(dnsfunc=lookup)
    reason = None
except dkim.DKIMException as error:
    is_genuine, reason = False, str(error)
mail = message_from_bytes(raw, policy=SMTP)
json.dump(
    {
        "isGenuine": is_genuine,
        "reason": reason,
        "domain": signature.domain.decode() if signature.domain else None,
        "signed": [name.decode() for name, _ in signature.signed_headers] if is_genuine else [],
        "headers": {
            name.lower(): "".join(str(value).splitlines()).strip()
            for name, value in mail.items()
        },
    },
    sys.stdout,
)
