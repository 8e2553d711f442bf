#!/usr/bin/env python3
"""Forgeries of a finished report, made with another program (pikepdf), and harmless re-savings of it.

    forge.py REPORT.pdf FOLDER

writes FOLDER/forged/KIND-PLACE.pdf: what is painted is changed and the tags, as far as they can, go on saying what they
said. FOLDER/resaved/WAY.pdf paints the same. `tests/suite/forgeries.rs` runs it on the examples and holds what `verify`
says of each file; docs/guide.zh.md says which of them can be told without the data file.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, Stream, String

PLACES = int(os.environ.get("FORGE_PLACES", "3"))
KINDS = {}


def kind(function):
    KINDS[function.__name__.replace("_", "-")] = function
    return function


def op(name, *operands):
    return (list(operands), Operator(name))


def names(font):
    """Code to text of a font with two-byte codes."""
    known = {}
    if "/ToUnicode" not in font:
        return known
    text = font.ToUnicode.read_bytes().decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.S):
        for code, value in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            known[int(code, 16)] = bytes.fromhex(value).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.S):
        for low, high, value in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for n in range(int(low, 16), int(high, 16) + 1):
                known[n] = chr(int(value, 16) + n - int(low, 16))
    return known


class Figure:
    """A figure in a table: where its text begins, is shown and ends among the operators of its page."""

    def __init__(self, page, begin, show, end, font, codes, text, matrix, size):
        self.page, self.begin, self.show, self.end = page, begin, show, end
        self.font, self.codes, self.text, self.size = font, codes, text, size
        self.x, self.y = matrix[4], matrix[5]
        self.turned = matrix[3] < 0


class Report:
    """A report opened to be changed."""

    def __init__(self, path):
        self.pdf = pikepdf.open(path)
        self.ops = [[(list(o.operands), o.operator) for o in pikepdf.parse_content_stream(page)]
                    for page in self.pdf.pages]
        self.figures = [figure for n in range(len(self.ops)) for figure in self.find(n)]

    def find(self, number):
        fonts = self.pdf.pages[number].Resources.Font
        maps = {str(name): names(font) for name, font in fonts.items()}
        stack, matrix = [], [1, 0, 0, 1, 0, 0]
        font, size, begin, shows, mcid = None, 0, None, [], []
        line = [1, 0, 0, 1, 0, 0]
        for at, (operands, operator) in enumerate(self.ops[number]):
            name = str(operator)
            if name == "q":
                stack.append(matrix)
            elif name == "Q":
                matrix = stack.pop()
            elif name == "cm":
                matrix = product([float(n) for n in operands], matrix)
            elif name in ("BDC", "BMC"):
                has = len(operands) > 1 and isinstance(operands[1], Dictionary) and "/MCID" in operands[1]
                mcid.append(has)
            elif name == "EMC":
                mcid.pop()
            elif name == "Tf":
                font, size = str(operands[0]), float(operands[1])
            elif name == "BT":
                begin, shows, line = at, [], [1, 0, 0, 1, 0, 0]
            elif name == "Tm":
                line = [float(n) for n in operands]
            elif name in ("Tj", "TJ"):
                pieces = operands[0] if name == "TJ" else [operands[0]]
                raw = b"".join(bytes(p) for p in pieces if isinstance(p, String))
                codes = [int.from_bytes(raw[n:n + 2], "big") for n in range(0, len(raw), 2)]
                shows.append((at, codes, "".join(maps.get(font, {}).get(c, "?") for c in codes)))
            elif name == "ET" and len(shows) == 1 and any(mcid):
                show, codes, text = shows[0]
                if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
                    yield Figure(number, begin, show, at, font, codes, text, product(line, matrix), size)

    def places(self):
        """A few figures of the tables, far apart, other than 0 where there are any. Most figures of a report stand in
        tables, all in one size."""
        sizes = [round(f.size, 1) for f in self.figures]
        usual = max(set(sizes), key=sizes.count)
        inside = [f for f in self.figures if round(f.size, 1) == usual]
        inside = [f for f in inside if f.text != "0"] or inside
        step = max(1, len(inside) // PLACES)
        return inside[::step][:PLACES]

    def around(self, figure, before, after):
        ops = self.ops[figure.page]
        ops[figure.end + 1:figure.end + 1] = after
        ops[figure.begin:figure.begin] = before

    def within(self, figure, before, after=()):
        ops = self.ops[figure.page]
        ops[figure.show + 1:figure.show + 1] = list(after)
        ops[figure.show:figure.show] = before

    def append(self, number, ops):
        self.ops[number] += ops

    def resource(self, number, group, name, value):
        resources = self.pdf.pages[number].Resources
        if group not in resources:
            resources[group] = Dictionary()
        resources[group][name] = value

    def state(self, number, **entries):
        self.resource(number, "/ExtGState", "/Forged", Dictionary({"/" + k: v for k, v in entries.items()}))
        return op("gs", Name("/Forged"))

    def other(self, figure):
        """The code of another digit in the same font."""
        digits = {v: k for k, v in names(self.pdf.pages[figure.page].Resources.Font[figure.font]).items()}
        for digit in "9876543210":
            if digit in digits and digit not in figure.text:
                return digits[digit], digit
        raise LookupError("no other digit in this font")

    def save(self, path):
        for page, ops in zip(self.pdf.pages, self.ops):
            page.Contents = self.pdf.make_stream(pikepdf.unparse_content_stream(ops))
        self.pdf.save(path)


def product(a, b):
    return [a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2],
            a[2] * b[1] + a[3] * b[3], a[4] * b[0] + a[5] * b[2] + b[4], a[4] * b[1] + a[5] * b[3] + b[5]]


Q, BACK = op("q"), op("Q")


def box(f, grow=1.5):
    width = f.size * 0.55 * len(f.text)
    return f.x - grow, f.y - grow - 1, width + 2 * grow, f.size + 2 * grow


def artifact(*ops):
    return [op("BDC", Name.Artifact, Dictionary(Type=Name.Layout)), *ops, op("EMC")]


def seven(x, y, size):
    """A digit drawn as a path."""
    return [Q, op("G", 0), op("w", size * 0.08), op("m", x, y + size * 0.65), op("l", x + size * 0.42, y + size * 0.65),
            op("l", x + size * 0.15, y), op("S"), BACK]


def white_picture(pdf):
    picture = Stream(pdf, b"\xff" * 12)
    picture.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=2, Height=2, ColorSpace=Name.DeviceRGB,
                              BitsPerComponent=8)) if hasattr(picture, "update") else None
    for key, value in {"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": 2, "/Height": 2,
                       "/ColorSpace": Name.DeviceRGB, "/BitsPerComponent": 8}.items():
        picture[key] = value
    return pdf.make_indirect(picture)


def form(pdf, content, bbox=(0, 0, 600, 850), **more):
    stream = Stream(pdf, content)
    stream["/Type"], stream["/Subtype"], stream["/BBox"] = Name.XObject, Name.Form, Array(bbox)
    for key, value in more.items():
        stream["/" + key] = value
    return pdf.make_indirect(stream)


# Colour and transparency.

@kind
def white(r, f):
    r.around(f, [Q], [BACK])
    f.begin, f.show, f.end = f.begin + 1, f.show + 1, f.end + 1
    r.within(f, [op("g", 1)])


@kind
def nearly_white(r, f):
    r.within(f, [op("g", 0.96)], [op("g", 0)])


@kind
def transparent(r, f):
    r.around(f, [Q, r.state(f.page, ca=0)], [BACK])


@kind
def faint(r, f):
    r.around(f, [Q, r.state(f.page, ca=0.1)], [BACK])


@kind
def blended_away(r, f):
    r.around(f, [Q, r.state(f.page, BM=Name.Screen), ], [BACK])
    r.append(f.page, artifact(Q, r.state(f.page, BM=Name.Screen), op("g", 1), op("re", *box(f)), op("f"), BACK))


@kind
def masked(r, f):
    black = form(r.pdf, b"0 g 0 0 600 850 re f", Group=Dictionary(S=Name.Transparency, CS=Name.DeviceGray))
    mask = Dictionary(Type=Name.Mask, S=Name.Luminosity, G=black)
    r.around(f, [Q, r.state(f.page, SMask=mask)], [BACK])


@kind
def painted_with_a_white_pattern(r, f):
    tile = Stream(r.pdf, b"1 g 0 0 9 9 re f")
    for key, value in {"/Type": Name.Pattern, "/PatternType": 1, "/PaintType": 1, "/TilingType": 1,
                       "/BBox": Array([0, 0, 9, 9]), "/XStep": 9, "/YStep": 9, "/Resources": Dictionary()}.items():
        tile[key] = value
    r.resource(f.page, "/Pattern", "/Tile", r.pdf.make_indirect(tile))
    r.around(f, [Q, op("cs", Name.Pattern), op("scn", Name("/Tile"))], [BACK])
    ops = r.ops[f.page]
    inside = range(f.begin + 3, f.end + 3)
    for at in inside:
        if str(ops[at][1]) in ("scn", "sc", "g", "cs"):
            ops[at] = op("BX")


@kind
def outlined_in_white(r, f):
    r.around(f, [Q], [BACK])
    f.show += 1
    r.within(f, [op("G", 1), op("w", 6), op("Tr", 2)])


# Covers.

@kind
def covered_by_a_box(r, f):
    r.append(f.page, artifact(Q, op("g", 1), op("re", *box(f)), op("f"), BACK))


@kind
def covered_and_written_over(r, f):
    x, y, w, h = box(f)
    r.append(f.page, artifact(Q, op("g", 1), op("re", x, y, w, h), op("f"), BACK, *seven(f.x, f.y, f.size)))


@kind
def covered_by_a_picture(r, f):
    x, y, w, h = box(f)
    r.resource(f.page, "/XObject", "/Cover", white_picture(r.pdf))
    r.append(f.page, artifact(Q, op("cm", w, 0, 0, h, x, y), op("Do", Name("/Cover")), BACK))


@kind
def covered_by_a_form(r, f):
    x, y, w, h = box(f)
    r.resource(f.page, "/XObject", "/Form", form(r.pdf, b"1 g %f %f %f %f re f" % (x, y, w, h)))
    r.append(f.page, artifact(op("Do", Name("/Form"))))


@kind
def covered_by_a_shading(r, f):
    x, y, w, h = box(f)
    function = Dictionary(FunctionType=2, Domain=Array([0, 1]), N=1, C0=Array([1]), C1=Array([1]))
    shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceGray, Coords=Array([0, 0, 1, 0]),
                         Extend=Array([True, True]), Function=function)
    r.resource(f.page, "/Shading", "/Shade", shading)
    r.append(f.page, artifact(Q, op("re", x, y, w, h), op("W"), op("n"), op("sh", Name("/Shade")), BACK))


@kind
def covered_by_a_thick_line(r, f):
    x, y, w, h = box(f)
    r.append(f.page, artifact(Q, op("G", 1), op("w", h), op("m", x, y + h / 2), op("l", x + w, y + h / 2), op("S"), BACK))


@kind
def covered_by_a_second_stream(r, f):
    x, y, w, h = box(f)
    r.save("/dev/null") if False else None
    page = r.pdf.pages[f.page]
    r.second = (f.page, b"/Artifact BMC q 1 g %f %f %f %f re f Q EMC" % (x, y, w, h))
    return page


@kind
def covered_by_letters(r, f):
    """White blocks out of a font are boxes too."""
    stroke = [op("G", 1), op("w", f.size), op("Tr", 1)]
    shown = op("Tj", r.ops[f.page][f.show][0][0]) if str(r.ops[f.page][f.show][1]) == "Tj" else r.ops[f.page][f.show]
    before = r.ops[f.page][f.begin:f.show]
    r.append(f.page, artifact(Q, *before, *stroke, shown, op("ET"), BACK))


# Clips.

@kind
def clipped_away(r, f):
    r.around(f, [Q, op("re", 0, 0, 1, 1), op("W"), op("n")], [BACK])


@kind
def clipped_in_half(r, f):
    x, y, w, h = box(f, 0)
    r.around(f, [Q, op("re", x, y - 5, w, h / 2 + 5), op("W"), op("n")], [BACK])


@kind
def clipped_even_odd(r, f):
    x, y, w, h = box(f, 20)
    r.around(f, [Q, op("re", x, y, w, h), op("re", x, y, w, h), op("W*"), op("n")], [BACK])


# Places and sizes.

@kind
def moved_off_the_page(r, f):
    r.around(f, [Q, op("cm", 1, 0, 0, 1, 3000, 0)], [BACK])


@kind
def moved_into_the_next_cell(r, f):
    r.around(f, [Q, op("cm", 1, 0, 0, 1, 52, 0)], [BACK])


@kind
def moved_a_little(r, f):
    r.around(f, [Q, op("cm", 1, 0, 0, 1, 0, 4)], [BACK])


@kind
def tiny(r, f):
    r.around(f, [Q, op("cm", 0.01, 0, 0, 0.01, f.x, f.y)], [BACK])


@kind
def squeezed_flat(r, f):
    r.within(f, [op("Tz", 1)], [op("Tz", 100)])


@kind
def raised(r, f):
    r.within(f, [op("Ts", 400)], [op("Ts", 0)])


@kind
def mirrored(r, f):
    r.around(f, [Q, op("cm", -1, 0, 0, 1, 2 * f.x + 5, 0)], [BACK])


@kind
def upside_down(r, f):
    """A 6 becomes a 9."""
    r.around(f, [Q, op("cm", -1, 0, 0, -1, 2 * f.x + 5, 2 * f.y + 7)], [BACK])


# Glyphs.

@kind
def another_digit_with_actual_text(r, f):
    code, _ = r.other(f)
    old = String(f.text)
    r.ops[f.page][f.show] = op("Tj", String(b"".join(code.to_bytes(2, "big") for _ in f.codes)))
    r.around(f, [op("BDC", Name.Span, Dictionary(ActualText=old))], [op("EMC")])


@kind
def another_digit_with_actual_text_in_the_tree(r, f):
    code, _ = r.other(f)
    r.ops[f.page][f.show] = op("Tj", String(b"".join(code.to_bytes(2, "big") for _ in f.codes)))
    for thing in r.pdf.objects:
        if isinstance(thing, Dictionary) and thing.get("/S") == Name.TD:
            thing["/ActualText"] = String(f.text)
            break


@kind
def map_to_characters_that_lies(r, f):
    font = r.pdf.pages[f.page].Resources.Font[f.font]
    code, digit = r.other(f)
    first = f.codes[0]
    text = font.ToUnicode.read_bytes().decode("latin-1")
    pairs = names(font)
    pairs[first], pairs[code] = pairs[code], pairs[first]
    lines = "".join("<%04x> <%s>\n" % (c, t.encode("utf-16-be").hex()) for c, t in sorted(pairs.items()))
    head = text.split("endcodespacerange")[0] + "endcodespacerange\n"
    body = "%d beginbfchar\n%sendbfchar\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend" % (len(pairs), lines)
    font.ToUnicode = r.pdf.make_stream((head + body).encode("latin-1"))
    swap = {first: code, code: first}
    for ops in r.ops:
        in_font = False
        for at, (operands, operator) in enumerate(ops):
            if str(operator) == "Tf":
                in_font = str(operands[0]) == f.font
            elif in_font and str(operator) == "Tj" and at != f.show:
                raw = bytes(operands[0])
                codes = [int.from_bytes(raw[n:n + 2], "big") for n in range(0, len(raw), 2)]
                ops[at] = op("Tj", String(b"".join(swap.get(c, c).to_bytes(2, "big") for c in codes)))
    r.ops[f.page][f.show] = op("Tj", String(b"".join(swap.get(c, c).to_bytes(2, "big") for c in f.codes)))
    r.ops[f.page][f.show][0][0] = String(b"".join(swap.get(c, c).to_bytes(2, "big") for c in f.codes))
    # Now the tags say what they said, and so does every figure, in the other digit's shape.


@kind
def outlines_exchanged(r, f):
    font = r.pdf.pages[f.page].Resources.Font[f.font].DescendantFonts[0]
    code, _ = r.other(f)
    first = f.codes[0]
    table = bytearray(b"".join(n.to_bytes(2, "big") for n in range(max(code, first) + 500)))
    table[2 * first:2 * first + 2], table[2 * code:2 * code + 2] = code.to_bytes(2, "big"), first.to_bytes(2, "big")
    font.CIDToGIDMap = r.pdf.make_stream(bytes(table))


@kind
def another_font(r, f):
    helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    digit = str((int(f.text[0]) + 5) % 10)
    code = "%02x" % ord(digit)
    helvetica.ToUnicode = r.pdf.make_stream(
        b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <%s> <%s> endbfchar endcmap"
        % (code.encode(), f.text.encode("utf-16-be").hex().encode()))
    r.resource(f.page, "/Font", "/Foreign", r.pdf.make_indirect(helvetica))
    r.ops[f.page][f.show] = op("Tj", String(digit.encode()))
    r.within(f, [op("Tf", Name("/Foreign"), f.size)], [op("Tf", Name(f.font), f.size)])


@kind
def drawn_font(r, f):
    """A Type 3 font whose one glyph is another digit."""
    glyph = r.pdf.make_stream(b"500 0 0 0 500 700 d1 0 650 m 420 650 l 150 0 l 80 w S")
    font = Dictionary(Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 500, 700]),
                      FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]), CharProcs=Dictionary(seven=glyph),
                      Encoding=Dictionary(Type=Name.Encoding, Differences=Array([1, Name("/seven")])),
                      FirstChar=1, LastChar=1, Widths=Array([500]), Resources=Dictionary())
    font.ToUnicode = r.pdf.make_stream(
        b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <01> <%s> endbfchar endcmap"
        % f.text.encode("utf-16-be").hex().encode())
    r.resource(f.page, "/Font", "/Drawn", r.pdf.make_indirect(font))
    r.ops[f.page][f.show] = op("Tj", String(b"\x01"))
    r.within(f, [op("Tf", Name("/Drawn"), f.size)], [op("Tf", Name(f.font), f.size)])


@kind
def invisible_and_drawn_as_a_path(r, f):
    r.within(f, [op("Tr", 3)], [op("Tr", 0)])
    r.append(f.page, artifact(*seven(f.x, f.y, f.size)))


@kind
def clipping_text(r, f):
    r.within(f, [op("Tr", 7)], [op("Tr", 0)])


@kind
def widths_changed(r, f):
    font = r.pdf.pages[f.page].Resources.Font[f.font].DescendantFonts[0]
    font.DW = 30
    font.W = Array()


@kind
def two_figures_exchanged(r, f):
    others = [o for o in r.figures if o.page == f.page and o.text != f.text and o.font == f.font]
    other = others[len(others) // 2] if others else [o for o in r.figures if o.text != f.text][0]
    # The marked content stays with its cell in the tree; what is painted there is the other's figure, elsewhere.
    dx, dy = other.x - f.x, other.y - f.y
    first, second = sorted([(f, dx, dy), (other, -dx, -dy)], key=lambda t: -t[0].begin)
    for figure, x, y in (first, second):
        r.around(figure, [Q, op("cm", 1, 0, 0, 1, x, y)], [BACK])


# What is put beside.

@kind
def a_digit_beside(r, f):
    code, _ = r.other(f)
    before = r.ops[f.page][f.begin:f.show]
    shown = [op("Tj", String(code.to_bytes(2, "big"))), op("ET"), BACK]
    r.append(f.page, artifact(Q, op("cm", 1, 0, 0, 1, -f.size * 0.5, 0), *before, *shown))


@kind
def a_digit_beside_as_a_path(r, f):
    r.append(f.page, artifact(*seven(f.x - f.size * 0.55, f.y, f.size)))


@kind
def a_digit_beside_as_a_picture(r, f):
    picture = Stream(r.pdf, b"\x00" * 4)
    for key, value in {"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": 2, "/Height": 2,
                       "/ColorSpace": Name.DeviceGray, "/BitsPerComponent": 8}.items():
        picture[key] = value
    r.resource(f.page, "/XObject", "/One", r.pdf.make_indirect(picture))
    r.append(f.page, artifact(Q, op("cm", 1, 0, 0, f.size * 0.7, f.x - 3, f.y), op("Do", Name("/One")), BACK))


@kind
def a_digit_beside_as_an_inline_picture(r, f):
    raw = (b"q 1 0 0 %f %f %f cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q" % (f.size * 0.7, f.x - 3, f.y))
    r.second = (f.page, raw)


@kind
def a_stroke_through(r, f):
    x, y, w, _ = box(f)
    r.append(f.page, artifact(Q, op("G", 0), op("w", 0.7), op("m", x, y + f.size / 2), op("l", x + w, y + f.size / 2),
                              op("S"), BACK))


@kind
def a_sentence_as_decoration(r, f):
    page, font, size = text_font(r)
    codes = sentence(r, page, font)
    r.append(page, artifact(op("BT"), op("Tf", Name(font), size), op("Tm", 1, 0, 0, 1, 90, 60), op("Tj", codes), op("ET")))


@kind
def a_sentence_outside_the_tags(r, f):
    page, font, size = text_font(r)
    codes = sentence(r, page, font)
    r.append(page, [op("BT"), op("Tf", Name(font), size), op("Tm", 1, 0, 0, 1, 90, 60), op("Tj", codes), op("ET")])


def text_font(r):
    page = len(r.ops) - 1
    fonts = [(str(n), len(names(font))) for n, font in r.pdf.pages[page].Resources.Font.items()]
    return page, max(fonts, key=lambda pair: pair[1])[0], 16


def sentence(r, page, font):
    known = [c for c, t in names(r.pdf.pages[page].Resources.Font[font]).items() if "\u4e00" <= t <= "\u9fff"]
    return String(b"".join(c.to_bytes(2, "big") for c in known[:10]))


# Layers, annotations, pages.

@kind
def in_a_hidden_layer(r, f):
    layer = r.pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("x")))
    r.pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]), Order=Array([layer])))
    r.resource(f.page, "/Properties", "/Layer", layer)
    r.around(f, [op("BDC", Name.OC, Name("/Layer"))], [op("EMC")])


@kind
def in_a_layer_hidden_when_printed(r, f):
    usage = Dictionary(Print=Dictionary(PrintState=Name.OFF), View=Dictionary(ViewState=Name.ON))
    layer = r.pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("x"), Usage=usage))
    auto = Array([Dictionary(Event=Name.Print, OCGs=Array([layer]), Category=Array([Name.Print]))])
    r.pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(ON=Array([layer]), AS=auto))
    r.resource(f.page, "/Properties", "/Layer", layer)
    r.around(f, [op("BDC", Name.OC, Name("/Layer"))], [op("EMC")])


def annotate(r, f, **entries):
    x, y, w, h = box(f)
    look = form(r.pdf, b"1 g 0 0 %f %f re f" % (w, h), (0, 0, w, h))
    note = Dictionary(Type=Name.Annot, Rect=Array([x, y, x + w, y + h]), AP=Dictionary(N=look), F=4)
    for key, value in entries.items():
        note["/" + key] = value
    page = r.pdf.pages[f.page]
    if "/Annots" not in page:
        page.Annots = Array()
    page.Annots.append(r.pdf.make_indirect(note))


@kind
def a_link_with_an_appearance(r, f):
    annotate(r, f, Subtype=Name.Link, Border=Array([0, 0, 0]), Dest=Array([r.pdf.pages[0].obj, Name.Fit]))


@kind
def a_stamp(r, f):
    annotate(r, f, Subtype=Name.Stamp)


@kind
def a_form_field(r, f):
    annotate(r, f, Subtype=Name.Widget, FT=Name.Tx, T=String("x"), V=String("9"))
    r.pdf.Root.AcroForm = Dictionary(Fields=Array([r.pdf.pages[f.page].Annots[-1]]))


@kind
def cut_by_the_crop_box(r, f):
    page = r.pdf.pages[f.page]
    left, bottom, right, top = [float(n) for n in page.MediaBox]
    page.CropBox = Array([left, bottom, f.x - 2, top])


@kind
def cut_by_the_media_box(r, f):
    page = r.pdf.pages[f.page]
    page.MediaBox = Array([0, 0, f.x - 2, 841.89])


@kind
def turned(r, f):
    r.pdf.pages[f.page].Rotate = 180


@kind
def enlarged(r, f):
    r.pdf.pages[f.page].UserUnit = 2


@kind
def a_page_left_out(r, f):
    del r.pdf.pages[f.page]
    del r.ops[f.page]


@kind
def pages_exchanged(r, f):
    other = (f.page + 1) % len(r.ops)
    a, b = r.pdf.pages[f.page], r.pdf.pages[other]
    for key in ("/Resources",):
        a[key], b[key] = b[key], a[key]
    r.ops[f.page], r.ops[other] = r.ops[other], r.ops[f.page]


# Structure and file.

@kind
def cells_exchanged_in_the_tree(r, f):
    cells = [t for t in r.pdf.objects if isinstance(t, Dictionary) and t.get("/S") == Name.TD and "/K" in t]
    step = max(1, len(cells) // 5)
    a, b = cells[step], cells[3 * step]
    a["/K"], b["/K"] = b["/K"], a["/K"]


@kind
def a_script(r, f):
    r.pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("this.getField('x').value=9"))


@kind
def a_script_by_name(r, f):
    action = Dictionary(S=Name.JavaScript, JS=String("1"))
    r.pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), action])))


@kind
def another_file_inside(r, f):
    r.pdf.attachments["report.docx"] = pikepdf.AttachedFileSpec(r.pdf, b"PK..", filename="report.docx")


@kind
def saved_again_behind_the_end(r, f):
    """An incremental update that replaces the page's content."""
    x, y, w, h = box(f)
    r.tail = (f.page, b"1 g %f %f %f %f re f" % (x, y, w, h))


@kind
def an_object_written_twice(r, f):
    r.twice = f.page


@kind
def hybrid_references(r, f):
    r.hybrid = True


def write(report, path):
    report.save(path)
    if hasattr(report, "second"):
        page, more = report.second
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            first = pdf.pages[page].Contents
            pdf.pages[page].Contents = Array([pdf.make_indirect(first), pdf.make_stream(more)])
            pdf.save(path)
    if hasattr(report, "tail") or hasattr(report, "twice") or hasattr(report, "hybrid"):
        classic(path)
        data = path.read_bytes()
        start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
        trailer = re.search(rb"trailer\s*<<(.*?)>>\s*startxref", data, re.S).group(1)
        if hasattr(report, "tail"):
            page, more = report.tail
            with pikepdf.open(path) as pdf:
                page = pdf.pages[page]
                number = page.Contents.objgen[0]
                old = page.Contents.read_bytes()
            body = old + b"\n" + more
            at = len(data)
            data += b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, len(body), body)
            table = len(data)
            data += b"xref\n%d 1\n%010d 00000 n \ntrailer\n<<%s /Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
                number, at, trailer, start, table)
        elif hasattr(report, "twice"):
            number = int(re.search(rb"\n(\d+) 0 obj\n<<[^>]*/Type /Page\b", data).group(1))
            found = re.search(rb"\n%d 0 obj\n.*?endobj" % number, data, re.S).group(0)
            at = data.index(b"xref\n")
            data = data[:at] + found.lstrip(b"\n") + b"\n" + data[at:]
            data = re.sub(rb"startxref\s+\d+", b"startxref\n%d" % (start + len(found)), data)
        else:
            data = data.replace(b"trailer <<", b"trailer << /XRefStm %d " % start, 1) if b"trailer <<" in data else \
                data.replace(b"trailer\n<<", b"trailer\n<< /XRefStm %d " % start, 1)
        path.write_bytes(data)


def classic(path):
    """Writes a file with a table of contents in plain text and no compressed objects."""
    subprocess.run(["qpdf", "--object-streams=disable", "--newline-before-endstream", str(path), str(path) + ".x"], check=True)
    Path(str(path) + ".x").replace(path)


def resave(source, folder):
    folder.mkdir(parents=True, exist_ok=True)
    ways = {
        "qpdf": [], "qpdf-object-streams": ["--object-streams=generate"],
        "qpdf-no-object-streams": ["--object-streams=disable"], "qpdf-uncompressed": ["--stream-data=uncompress"],
        "qpdf-recompressed": ["--recompress-flate", "--compression-level=9"], "qpdf-linearized": ["--linearize"],
        "qpdf-normalized": ["--normalize-content=y"], "qpdf-coalesced": ["--coalesce-contents"],
        "qpdf-qdf": ["--qdf"],
    }
    for name, options in ways.items():
        subprocess.run(["qpdf", *options, str(source), str(folder / f"{name}.pdf")], check=False)
    with pikepdf.open(source) as pdf:
        pdf.save(folder / "pikepdf.pdf")
    report = Report(source)
    report.save(folder / "pikepdf-rewritten.pdf")


def main():
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    out = folder / "forged"
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, forge in KINDS.items():
        for place in range(PLACES):
            report = Report(source)
            places = report.places()
            if place >= len(places):
                continue
            try:
                forge(report, places[place])
            except LookupError:
                continue
            write(report, out / f"{name}-{place}.pdf")
            count += 1
    resave(source, folder / "resaved")
    print(f"{len(KINDS)} kinds, {count} forgeries")


if __name__ == "__main__":
    main()
