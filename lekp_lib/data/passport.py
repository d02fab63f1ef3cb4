"""The passport of a raw file: where it came from, when, under which licence, and what it weighs.

A figure in a report can be followed back to one file of one provider. The passport is what stays known of that file.
"""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field


class Passport(BaseModel):
    """Origin of one stored file.

    Attributes
    ----------
    sha256
        Fingerprint of the content, 64 hexadecimal characters; also its name in the store.
    bytes
        Size of the content in bytes.
    name
        File name as the provider or the user gave it, without folders; not trusted.
    provider
        Source id of the catalogue (``statbel``, ``mow`` …).
    title
        What the provider calls it.
    url
        Address it was taken from; empty for a file that somebody handed over.
    licence
        Terms of use, as the provider words them.
    published
        Date of publication, when known; licences ask to name it.
    retrieved
        Date on which it was downloaded or handed over.
    media_type
        ``text/csv``, ``application/zip`` …
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    name: str = Field(min_length=1, max_length=255)
    provider: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = ""
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    licence: str = ""
    published: dt.date | None = None
    retrieved: dt.date
    media_type: str = "application/octet-stream"
