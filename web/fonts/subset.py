#!/usr/bin/env python3
"""Makes the pages' fonts: Noto Sans and Noto Sans Georgian, cut to what the pages write.

    .venv/bin/pip install fonttools brotli && .venv/bin/python web/fonts/subset.py

The sources are Debian's `fonts-noto-core` (SIL Open Font License 1.1; see OFL.txt). One file for each weight and script, so that
a browser loads only the scripts that are on the page.
"""
from pathlib import Path

from fontTools import subset

HERE = Path(__file__).resolve().parent
NOTO = Path("/usr/share/fonts/truetype/noto")
LATIN = "U+0020-007E,U+00A0-00FF,U+0104-0105,U+010C-010D,U+0116-0119,U+012E-012F,U+0160-0161,U+016A-016B,U+0172-0173,U+017D-017E," \
    "U+2010-2015,U+2018-201E,U+2026,U+2030,U+20AC,U+2190-2193,U+2212"
SCRIPTS = [("latin", "NotoSans", LATIN), ("cyrillic", "NotoSans", "U+0400-045F,U+0490-0491,U+2116"), ("georgian", "NotoSansGeorgian", "U+10D0-10FF")]


def main():
    total = 0
    for weight, style in ((400, "Regular"), (700, "Bold")):
        for script, family, characters in SCRIPTS:
            target = HERE / f"sans-{weight}-{script}.woff2"
            subset.main([str(NOTO / f"{family}-{style}.ttf"), f"--unicodes={characters}", f"--output-file={target}", "--flavor=woff2",
                         "--layout-features=kern,liga,tnum,locl,mark,ccmp", "--no-hinting", "--desubroutinize"])
            total += target.stat().st_size
            print(f"{target.name}: {target.stat().st_size} bytes")
    print(f"together {total / 1000:.1f} kB")


if __name__ == "__main__":
    main()
