"""Cuts the fonts of this folder out of their sources. Needed only when a font changes; fontTools is a development tool.

Usage: python assets/fonts/prepare.py SOURCES

SOURCES holds one unpacked npm package per family (named after the part behind `@expo-google-fonts/`, see ORIGIN.md),
a folder `noto` with the TrueType files of Debian's fonts-noto-core and fonts-noto-extra, and Unihan_OtherMappings.txt of
the Unicode character database. Each font keeps the characters listed here and loses hinting. The typefaces of the themes
lose layout features too, and get their GPOS pair kerning flattened into a `kern` table, the one kind that FreeType applies
by itself: so most cards look the same with and without a shaping library on the machine. Noto Sans keeps what places marks;
the fonts of a script keep everything that shapes it.
"""

# ruff: noqa: INP001 - a folder of assets, not a package

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._k_e_r_n import KernTable_format_0

HERE = Path(__file__).resolve().parent

LATIN = [
    *range(0x20, 0x250),
    *range(0x2B0, 0x370),
    *range(0x1E00, 0x1F00),
    *range(0x2000, 0x2070),
    *range(0x20A0, 0x20C1),
]
ALPHABETS = [
    *range(0x20, 0x530),
    *range(0x1C80, 0x1C90),
    *range(0x1D00, 0x2070),
    *range(0x20A0, 0x20C1),
    *range(0x2100, 0x2150),
]
KANA = [*range(0x3000, 0x3100), *range(0x31F0, 0x3200), *range(0xFF00, 0xFFF0)]
EMOJI = [
    *range(0x2190, 0x2400),
    *range(0x2460, 0x2C00),
    *range(0x1F000, 0x1F1E6),
    *range(0x1F200, 0x1F3FB),
    *range(0x1F400, 0x1FB00),
]
KERNED = [*range(0x21, 0x7F), *range(0xC0, 0x100), 0x2019, 0x201C, 0x201D, 0x2013, 0x2026]
SCRIPTS: dict[str, tuple[str, list[range]]] = {
    "arabic": ("NotoSansArabic", [range(0x600, 0x700), range(0x750, 0x780), range(0x8A0, 0x900)]),
    "armenian": ("NotoSansArmenian", [range(0x530, 0x590)]),
    "bengali": ("NotoSansBengali", [range(0x980, 0xA00)]),
    "burmese": ("NotoSansMyanmar", [range(0x1000, 0x10A0), range(0xA9E0, 0xAA00), range(0xAA60, 0xAA80)]),
    "devanagari": ("NotoSansDevanagari", [range(0x900, 0x980), range(0x1CD0, 0x1D00), range(0xA8E0, 0xA900)]),
    "ethiopic": ("NotoSansEthiopic", [range(0x1200, 0x13A0), range(0x2D80, 0x2DE0), range(0xAB00, 0xAB30)]),
    "georgian": ("NotoSansGeorgian", [range(0x10A0, 0x1100), range(0x1C90, 0x1CC0), range(0x2D00, 0x2D30)]),
    "gujarati": ("NotoSansGujarati", [range(0xA80, 0xB00)]),
    "gurmukhi": ("NotoSansGurmukhi", [range(0xA00, 0xA80)]),
    "hangul": ("noto-sans-kr", [range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xAC00, 0xD7A4)]),
    "hebrew": ("NotoSansHebrew", [range(0x590, 0x600), range(0xFB1D, 0xFB50)]),
    "kannada": ("NotoSansKannada", [range(0xC80, 0xD00)]),
    "khmer": ("NotoSansKhmer", [range(0x1780, 0x1800), range(0x19E0, 0x1A00)]),
    "lao": ("NotoSansLao", [range(0xE80, 0xF00)]),
    "malayalam": ("NotoSansMalayalam", [range(0xD00, 0xD80)]),
    "odia": ("NotoSansOriya", [range(0xB00, 0xB80)]),
    "sinhala": ("NotoSansSinhala", [range(0xD80, 0xE00)]),
    "tamil": ("NotoSansTamil", [range(0xB80, 0xC00)]),
    "telugu": ("NotoSansTelugu", [range(0xC00, 0xC80)]),
    "thaana": ("NotoSansThaana", [range(0x780, 0x7C0)]),
    "thai": ("NotoSansThai", [range(0xE00, 0xE80)]),
}
"""By the name of their files: the family, and the blocks of the script."""
SPACE_AND_JOINERS = [0x20, 0x200C, 0x200D]
PLACING_MARKS = {"noto-sans-medium": ["ccmp", "mark", "mkmk"], "noto-sans-bold": ["ccmp", "mark", "mkmk"]}
PLAIN_FORMS = {"cormorant-bold": "lnum", "cormorant-italic": "lnum", "fraunces-italic": "ss01"}
MOST_KERNING_PAIRS = 10_900  # what one format 0 subtable can hold


def main(sources: Path) -> None:
    """Write every font of the table below into this folder."""
    simplified = [*list_encoded("gb2312", 0xA1, 0xF7), *read_general_standard(sources), *KANA]
    names = [*simplified, *list_encoded("big5", 0xA4, 0xC6), *list_encoded("shift_jis", 0x88, 0x97)]
    recipes: list[tuple[str, str, list[int]]] = [
        ("fraunces-black.ttf", "fraunces/900Black/Fraunces_900Black.ttf", LATIN),
        ("fraunces-italic.ttf", "fraunces/800ExtraBold_Italic/Fraunces_800ExtraBold_Italic.ttf", LATIN),
        ("cormorant-bold.ttf", "cormorant-garamond/700Bold/CormorantGaramond_700Bold.ttf", ALPHABETS),
        ("cormorant-italic.ttf", "cormorant-garamond/700Bold_Italic/CormorantGaramond_700Bold_Italic.ttf", ALPHABETS),
        ("bricolage-extrabold.ttf", "bricolage-grotesque/800ExtraBold/BricolageGrotesque_800ExtraBold.ttf", LATIN),
        ("jakarta-medium.ttf", "plus-jakarta-sans/500Medium/PlusJakartaSans_500Medium.ttf", LATIN),
        ("jakarta-bold.ttf", "plus-jakarta-sans/700Bold/PlusJakartaSans_700Bold.ttf", LATIN),
        ("noto-sans-medium.ttf", "noto-sans/500Medium/NotoSans_500Medium.ttf", ALPHABETS),
        ("noto-sans-bold.ttf", "noto-sans/700Bold/NotoSans_700Bold.ttf", ALPHABETS),
        ("noto-sans-sc-medium.ttf", "noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf", simplified),
        ("noto-sans-sc-bold.ttf", "noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf", names),
        ("noto-serif-sc-black.ttf", "noto-serif-sc/900Black/NotoSerifSC_900Black.ttf", simplified),
        ("noto-emoji-bold.ttf", "noto-emoji/700Bold/NotoEmoji_700Bold.ttf", EMOJI),
    ]
    for target, source, characters in recipes:
        cut_font(sources / source, HERE / target, characters)
    for script, (family, blocks) in SCRIPTS.items():
        characters = [*SPACE_AND_JOINERS, *(code for block in blocks for code in block)]
        for weight in ("Medium", "Bold"):
            cut_script_font(
                find_script_font(sources, family, weight), HERE / f"noto-sans-{script}-{weight.lower()}.ttf", characters
            )


def find_script_font(sources: Path, family: str, weight: str) -> Path:
    """The font of a family in this weight; Odia has no medium one."""
    if family == "noto-sans-kr":
        return (
            sources
            / family
            / {"Medium": "500Medium", "Bold": "700Bold"}[weight]
            / f"NotoSansKR_{'500' if weight == 'Medium' else '700'}{weight}.ttf"
        )
    wanted = sources / "noto" / f"{family}-{weight}.ttf"
    return wanted if wanted.exists() else sources / "noto" / f"{family}-Regular.ttf"


def list_encoded(encoding: str, first: int, last: int) -> list[int]:
    """Code points of the two-byte rows `first` to `last` of an encoding."""
    pairs = (bytes([high, low]) for high in range(first, last + 1) for low in range(0x40, 0x100))
    texts = (pair.decode(encoding, "ignore") for pair in pairs)
    return [ord(text) for text in texts if len(text) == 1 and ord(text) > 0x7F]


def read_general_standard(sources: Path) -> list[int]:
    """The 8,105 hanzi of the General Standard Chinese Characters, names included."""
    lines = (sources / "Unihan_OtherMappings.txt").read_text("utf-8").splitlines()
    return [int(line.split("\t")[0].removeprefix("U+"), 16) for line in lines if "\tkTGH\t" in line]


def cut_script_font(source: Path, target: Path, characters: list[int]) -> None:
    """Keep `characters` of `source` with everything that shapes them, and write `target`."""
    options = subset.Options(hinting=False, glyph_names=False, notdef_outline=True)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    subset.save_font(font, str(target), options)
    sys.stdout.write(f"{target.name}: {len(font.getBestCmap())} characters, {target.stat().st_size} bytes\n")


def cut_font(source: Path, target: Path, characters: list[int]) -> None:
    """Keep `characters` of `source`, flatten its kerning, and write `target`."""
    feature = PLAIN_FORMS.get(target.stem, "")
    use_plain_forms(whole := TTFont(source), feature)
    pairs = flatten_kerning(whole, set(characters))
    kept = PLACING_MARKS.get(target.stem, [])
    options = subset.Options(layout_features=kept, hinting=False, glyph_names=False, notdef_outline=True)
    options.drop_tables += ["BASE", "DSIG", "STAT", "VORG", "vhea", "vmtx", *([] if kept else ["GDEF", "GPOS", "GSUB"])]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    font = subset.load_font(str(source), options)
    use_plain_forms(font, feature)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    if pairs:
        add_kerning(font, pairs)
    subset.save_font(font, str(target), options)
    sys.stdout.write(
        f"{target.name}: {len(font.getBestCmap())} characters, {len(pairs)} kerned pairs, {target.stat().st_size} bytes\n"
    )


def use_plain_forms(font: TTFont, feature: str) -> None:
    """Make a feature's forms the usual ones: digits as high as capitals (lnum), italic letters without curls (ss01)."""
    table = font["GSUB"].table if "GSUB" in font else None
    records = table.FeatureList.FeatureRecord if table and table.FeatureList else []
    plain = [record.Feature for record in records if record.FeatureTag == feature]
    for index in {index for one in plain for index in one.LookupListIndex}:
        for part in table.LookupList.Lookup[index].SubTable:
            mapping = getattr(part, "ExtSubTable", part).mapping
            for cmap in font["cmap"].tables:
                cmap.cmap.update({code: mapping[glyph] for code, glyph in cmap.cmap.items() if glyph in mapping})


def flatten_kerning(font: TTFont, kept: set[int]) -> dict[tuple[int, int], int]:
    """Kerning of the most used pairs of characters, in font units; empty without GPOS kerning."""
    cmap = font.getBestCmap()
    characters = [code for code in KERNED if code in cmap and code in kept]
    lookups = list(list_kerning_lookups(font))
    pairs: dict[tuple[int, int], int] = {}
    for left in characters:
        for right in characters:
            value = sum(find_kerning(subtables, cmap[left], cmap[right]) for subtables in lookups)
            if abs(value) > font["head"].unitsPerEm // 250:
                pairs[left, right] = value
    widest = sorted(pairs, key=lambda pair: -abs(pairs[pair]))[:MOST_KERNING_PAIRS]
    return {pair: pairs[pair] for pair in widest}


def list_kerning_lookups(font: TTFont) -> Iterator[list[Any]]:
    """The pair adjustment subtables of the feature `kern`, lookup by lookup."""
    if "GPOS" not in font or not font["GPOS"].table.FeatureList:
        return
    table = font["GPOS"].table
    records = [record for record in table.FeatureList.FeatureRecord if record.FeatureTag == "kern"]
    for index in sorted({index for record in records for index in record.Feature.LookupListIndex}):
        subtables = [getattr(part, "ExtSubTable", part) for part in table.LookupList.Lookup[index].SubTable]
        yield [part for part in subtables if part.LookupType == 2]


def find_kerning(subtables: list[Any], left: str, right: str) -> int:
    """Advance adjustment between two glyphs: that of the first subtable which speaks of them."""
    for part in subtables:
        if left not in part.Coverage.glyphs:
            continue
        if part.Format == 1:
            pairs = part.PairSet[part.Coverage.glyphs.index(left)].PairValueRecord
            found = next((pair for pair in pairs if pair.SecondGlyph == right), None)
            if found is None:
                continue
        else:
            row = part.Class1Record[part.ClassDef1.classDefs.get(left, 0)]
            found = row.Class2Record[part.ClassDef2.classDefs.get(right, 0)]
        return found.Value1.XAdvance if found.Value1 and hasattr(found.Value1, "XAdvance") else 0
    return 0


def add_kerning(font: TTFont, pairs: dict[tuple[int, int], int]) -> None:
    """Give the font a `kern` table with these pairs of characters."""
    cmap = font.getBestCmap()
    table = KernTable_format_0()
    table.coverage, table.apple, table.tupleIndex = 1, False, None
    table.kernTable = {(cmap[left], cmap[right]): value for (left, right), value in pairs.items()}
    font["kern"] = newTable("kern")
    font["kern"].version, font["kern"].kernTables = 0, [table]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
