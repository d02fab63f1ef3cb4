"""Real servers on loopback: pygeoapi (OGC API Features) and MapServer (WFS), each for the time of a test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml

from tests.data.fault_server import Query, Reply

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
LAMBERT_72 = "http://www.opengis.net/def/crs/EPSG/0/31370"

_RUN_PYGEOAPI = """
import os, sys
from pathlib import Path
from pygeoapi.openapi import generate_openapi_document
text = generate_openapi_document(Path(os.environ["PYGEOAPI_CONFIG"]), "yaml")
Path(os.environ["PYGEOAPI_OPENAPI"]).write_text(text, encoding="utf-8")
from pygeoapi.flask_app import APP
APP.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _settings(port: int, layers: dict[str, Path], page: int) -> dict[str, object]:
    url = f"http://127.0.0.1:{port}"
    about = {"name": "test", "url": url}
    extent = {"spatial": {"bbox": [2.5, 50.6, 6.0, 51.6], "crs": CRS84}}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": page, "max_items": page},
            "map": {"url": url, "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": "test",
                "description": "test",
                "keywords": ["test"],
                "keywords_type": "theme",
                "terms_of_service": "none",
                "url": url,
            },
            "license": about,
            "provider": about,
            "contact": {"name": "test"},
        },
        "resources": {
            name: {
                "type": "collection",
                "title": name,
                "description": name,
                "keywords": ["test"],
                "links": [],
                "extents": extent,
                "providers": [
                    {
                        "type": "feature",
                        "name": "GeoJSON",
                        "data": str(path),
                        "id_field": "NISCODE",
                        "crs": [CRS84, LAMBERT_72],
                        "storage_crs": CRS84,
                    }
                ],
            }
            for name, path in layers.items()
        },
    }


@contextmanager
def pygeoapi_serving(folder: Path, layers: dict[str, Path], page: int) -> Iterator[str]:
    """Address of a pygeoapi that serves GeoJSON files and gives at most `page` features at a time."""
    port = _free_port()
    config = folder / "pygeoapi.yml"
    config.write_text(yaml.safe_dump(_settings(port, layers, page)), encoding="utf-8")
    known = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(folder / "openapi.yml")}
    with (folder / "pygeoapi.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN_PYGEOAPI, str(port)], env=os.environ | known, stdout=log, stderr=log
        )
        try:
            while True:
                assert process.poll() is None, (folder / "pygeoapi.log").read_text(encoding="utf-8")
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def mapserv() -> str:
    """Path of MapServer's program; the test is skipped without it, except where nothing may stay unchecked."""
    found = shutil.which("mapserv") or shutil.which("mapserv", path="/usr/lib/cgi-bin")
    if found is None:
        reason = "MapServer is not installed (Debian: apt-get install cgi-mapserver)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


PAGE_CAP = 20_000
MAP_FILE = """MAP
  NAME "mow"
  EXTENT 2 50 7 52
  SIZE 100 100
  PROJECTION
    "init=epsg:4326"
  END
  WEB
    METADATA
      "wfs_title" "mow"
      "wfs_onlineresource" "http://127.0.0.1/wfs?"
      "wfs_srs" "EPSG:4326"
      "wfs_enable_request" "*"
    END
  END
  OUTPUTFORMAT
    NAME "geojson"
    DRIVER "OGR/GEOJSON"
    MIMETYPE "application/json"
    FORMATOPTION "FORM=SIMPLE"
    FORMATOPTION "STORAGE=memory"
  END
  LAYER
    NAME "laadpunten_public"
    TYPE POINT
    STATUS ON
    CONNECTIONTYPE OGR
    CONNECTION "{data}"
    DATA "points"
    EXTENT 2 50 7 52
    PROJECTION
      "init=epsg:4326"
    END
    METADATA
      "wfs_title" "laadpunten_public"
      "wfs_getfeature_formatlist" "geojson"
      "wfs_extent" "2 50 7 52"
      "gml_include_items" "all"
      "gml_featureid" "uniek_identificatienummer"
      "gml_types" "auto"
    END
  END
END
"""


class MapServer:
    """MapServer's program behind a test provider, one process per request, as a web server runs it."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.program = mapserv()
        self.map_file = folder / "mow.map"
        self.map_file.write_text(MAP_FILE.replace("{data}", str(data)), encoding="utf-8")
        self.config = folder / "mapserver.conf"
        self.config.write_text('CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\nEND\n', encoding="utf-8")

    def __call__(self, _path: str, query: Query) -> Reply:
        # The cap of the real service. MapServer's own would also hide how many features there are.
        if query.get("resultType") != "hits":
            query = {**query, "count": str(min(int(query.get("count", PAGE_CAP)), PAGE_CAP))}
        known = {
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": urlencode({"map": str(self.map_file), **query}),
            "MAPSERVER_CONFIG_FILE": str(self.config),
        }
        answer = subprocess.run([self.program], env=os.environ | known, capture_output=True, check=True).stdout
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = (line.partition(": ") for line in head.decode().splitlines())
        return Reply(body, headers={name: text for name, _, text in lines if name.lower() == "content-type"})
