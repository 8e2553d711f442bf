#!/usr/bin/env python3
"""Makes the files of tests/cases/import: the same reports as other programs write them.

    python3 tests/import/make_files.py OUT_FOLDER

Needs python-docx, openpyxl, weasyprint; pandoc, soffice, chromium where they are found. What a program is missing for
is left out and said. Every report is made from a seed, so its figures balance and are known: `NAME.json` beside the
files holds them (dotted path of the cell: value) with the paragraphs of its texts.
"""

import html
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import docx
import openpyxl
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

COLUMNS = ["natural_person", "commercial", "research", "welfare", "legal_services", "other", "total"]
HEADS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
OUTCOMES = ["upheld", "corrected", "other", "pending", "total"]
OUTCOME_HEADS = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
RESULTS = "三、本年度办理结果"
# key, group, label
ROWS_2021 = [
    ("received", None, "一、本年新收政府信息公开申请数量"),
    ("carried_over", None, "二、上年结转政府信息公开申请数量"),
    ("granted", "", "（一）予以公开"),
    ("partly_granted", "", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"),
    ("refused.state_secret", "（三）不予公开", "1.属于国家秘密"),
    ("refused.prohibited_by_law", "（三）不予公开", "2.其他法律行政法规禁止公开"),
    ("refused.security_and_stability", "（三）不予公开", "3.危及“三安全一稳定”"),
    ("refused.third_party_rights", "（三）不予公开", "4.保护第三方合法权益"),
    ("refused.internal_affairs", "（三）不予公开", "5.属于三类内部事务信息"),
    ("refused.deliberative_process", "（三）不予公开", "6.属于四类过程性信息"),
    ("refused.enforcement_file", "（三）不予公开", "7.属于行政执法案卷"),
    ("refused.administrative_inquiry", "（三）不予公开", "8.属于行政查询事项"),
    ("unavailable.not_held", "（四）无法提供", "1.本机关不掌握相关政府信息"),
    ("unavailable.needs_compilation", "（四）无法提供", "2.没有现成信息需要另行制作"),
    ("unavailable.unclear", "（四）无法提供", "3.补正后申请内容仍不明确"),
    ("not_processed.petition", "（五）不予处理", "1.信访举报投诉类申请"),
    ("not_processed.repeated", "（五）不予处理", "2.重复申请"),
    ("not_processed.publication", "（五）不予处理", "3.要求提供公开出版物"),
    ("not_processed.excessive", "（五）不予处理", "4.无正当理由大量反复申请"),
    ("not_processed.reconfirmation", "（五）不予处理", "5.要求行政机关确认或重新出具已获取信息"),
    ("other.not_corrected", "（六）其他处理", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    ("other.fee_unpaid", "（六）其他处理", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    ("other.misc", "（六）其他处理", "3.其他"),
    ("total", "", "（七）总计"),
    ("carried_forward", None, "四、结转下年度继续办理"),
]
ROWS_2019 = [row for row in ROWS_2021 if not row[0].startswith("other.")]
ROWS_2019.insert(20, ("other", "", "（六）其他处理"))
TABLE_2021 = [
    ("第二十条第（一）项", ["本年制发件数", "本年废止件数", "现行有效件数"], ["issued", "repealed", "in_force"],
     [("regulations", "规章"), ("normative_documents", "行政规范性文件")]),
    ("第二十条第（五）项", ["本年处理决定数量"], None, [("licensing", "行政许可")]),
    ("第二十条第（六）项", ["本年处理决定数量"], None, [("penalties", "行政处罚"), ("compulsory_measures", "行政强制")]),
    ("第二十条第（八）项", ["本年收费金额（单位：万元）"], None, [("fees", "行政事业性收费")]),
]
TABLE_2019 = [
    ("第二十条第（一）项", ["本年新制作数量", "本年新公开数量", "对外公开总数量"], ["made", "disclosed", "public_total"],
     [("regulations", "规章"), ("normative_documents", "规范性文件")]),
    ("第二十条第（五）项", ["上一年项目数量", "本年增/减", "处理决定数量"], ["last_year", "change", "decisions"],
     [("licensing", "行政许可"), ("other_services", "其他对外管理服务事项")]),
    ("第二十条第（六）项", ["上一年项目数量", "本年增/减", "处理决定数量"], ["last_year", "change", "decisions"],
     [("penalties", "行政处罚"), ("compulsory_measures", "行政强制")]),
    ("第二十条第（八）项", ["上一年项目数量", "本年增/减"], ["last_year", "change"], [("fees", "行政事业性收费")]),
    ("第二十条第（九）项", ["采购项目数量", "采购总金额"], ["items", "amount"], [("procurement", "政府集中采购")]),
]


class Report:
    """A report with figures that balance."""

    def __init__(self, name, seed, old=False):
        self.name, self.old = name, old
        rng = random.Random(seed)
        self.year = 2020 if old else rng.choice([2021, 2022, 2023, 2024])
        self.agency = rng.choice(["临江市水务局", "青山县民政局", "云岭区住房和城乡建设局", "东湖市人民政府"])
        self.rows = ROWS_2019 if old else ROWS_2021
        self.sections = TABLE_2019 if old else TABLE_2021
        self.figures = {}
        self._table_two(rng)
        self._table_three(rng)
        self._table_four(rng)
        self._texts(rng)

    def _table_two(self, rng):
        for _, heads, keys, rows in self.sections:
            for key, _ in rows:
                for at, column in enumerate(keys or [None]):
                    path = f"proactive_disclosure.{key}" + (f".{column}" if column else "")
                    value = str(rng.choice([0, 0, rng.randint(1, 90), rng.randint(1000, 90000)]))
                    if path.endswith(".fees"):
                        value = f"{rng.randint(1, 900)}.{rng.randint(100000, 999998)}"
                    if path.endswith(".change"):
                        value = str(rng.randint(-9, 9))
                    self.figures[path] = value

    def _table_three(self, rng):
        items = [key for key, _, _ in self.rows if key not in ("received", "carried_over", "total", "carried_forward")]
        cells = {key: [rng.choice([0, 0, rng.randint(0, 40)]) for _ in range(6)] for key in items}
        total = [sum(cells[key][at] for key in items) for at in range(6)]
        forward = [rng.choice([0, rng.randint(0, 9)]) for _ in range(6)]
        over = [min(rng.choice([0, rng.randint(0, 9)]), total[at] + forward[at]) for at in range(6)]
        received = [total[at] + forward[at] - over[at] for at in range(6)]
        cells.update(total=total, carried_forward=forward, carried_over=over, received=received)
        for key, row in cells.items():
            for column, value in zip(COLUMNS, row + [sum(row)]):
                self.figures[f"requests.{key}.{column}"] = str(value)

    def _table_four(self, rng):
        for key in ["reconsideration", "litigation_direct", "litigation_after_reconsideration"]:
            row = [rng.choice([0, rng.randint(0, 9)]) for _ in range(4)]
            for column, value in zip(OUTCOMES, row + [sum(row)]):
                self.figures[f"appeals.{key}.{column}"] = str(value)

    def _texts(self, rng):
        received = self.figures["requests.received.total"]
        self.title = f"{self.agency}{self.year}年政府信息公开工作年度报告"
        self.preface = [f"根据《中华人民共和国政府信息公开条例》编制本报告，统计期限为{self.year}年1月1日至{self.year}年12月31日。"]
        number = rng.randint(100, 999)
        self.overview = [
            ("proactive_disclosure", "主动公开", [f"全年通过门户网站公开信息{number}条，比上年多{rng.randint(2, 60)}条，其中工作动态较多，群众关心的事项都能在网站首页找到。"]),
            ("requests", "依申请公开", [f"全年新收申请{received}件，均按期答复。", "申请主要涉及征地补偿和工程招标，答复前都与申请人当面沟通过。"]),
            ("management", "政府信息管理", ["修订了公开指南，清理了过期文件，做到每条信息有人写、有人审、有人管。"]),
            ("platform", "政府信息公开平台建设", ["门户网站改版后栏目减少到十二个，手机上也能看。"]),
            ("supervision", "监督保障", ["每季度抽查一次，年底考核占百分之五。"]),
        ]
        self.problems = [
            ("problems", "存在的主要问题", ["一是解读材料偏少；二是更新不够及时。"]),
            ("improvements", "改进情况", ["增加图表解读，规定七个工作日内更新。"]),
        ]
        self.other = ["本年度没有其他需要报告的事项，也没有收取信息处理费。"]

    def value(self, path):
        return self.figures[path]

    def row(self, key):
        return [self.figures[f"requests.{key}.{column}"] for column in COLUMNS]

    def appeals(self):
        return [self.figures[f"appeals.{key}.{column}"]
                for key in ["reconsideration", "litigation_direct", "litigation_after_reconsideration"]
                for column in OUTCOMES]

    def section_row(self, keys, key):
        return [self.figures[f"proactive_disclosure.{key}" + (f".{c}" if c else "")] for c in (keys or [None])]

    def texts(self):
        fields = {"report.preface": self.preface, "other_matters.text": self.other}
        fields.update({f"overview.{key}": lines for key, _, lines in self.overview})
        fields.update({f"problems.{key}": lines for key, _, lines in self.problems})
        return fields

    def save(self, folder):
        data = {"agency": self.agency, "year": self.year, "format": "2019" if self.old else "2021",
                "figures": self.figures, "texts": self.texts()}
        (folder / f"{self.name}.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")

    # Tables as cells: (x, y, columns, rows, text)

    def grid_two(self):
        cells, y, width = [], 0, 4
        for head, heads, keys, rows in self.sections:
            cells.append((0, y, width, 1, head))
            y += 1
            spans = [1] * len(heads)
            spans[-1] = width - 1 - (len(heads) - 1)
            for texts in [["信息内容"] + heads] + [[label] + self.section_row(keys, key) for key, label in rows]:
                x = 0
                for text, span in zip(texts, [1] + spans):
                    cells.append((x, y, span, 1, text))
                    x += span
                y += 1
        return cells, width, y

    def grid_three(self):
        cells = [(0, 0, 3, 3, CORNER), (3, 0, 7, 1, "申请人情况"), (3, 1, 1, 2, "自然人"),
                 (4, 1, 5, 1, "法人或其他组织"), (9, 1, 1, 2, "总计")]
        cells += [(4 + at, 2, 1, 1, head) for at, head in enumerate(HEADS[1:6])]
        y, groups = 3, []
        inner = [row for row in self.rows if row[1] is not None]
        for key, group, label in self.rows:
            if group is None:
                cells.append((0, y, 3, 1, label))
            else:
                if key == inner[0][0]:
                    cells.append((0, y, 1, len(inner), RESULTS))
                if group == "":
                    cells.append((1, y, 2, 1, label))
                else:
                    if group not in groups:
                        groups.append(group)
                        cells.append((1, y, 1, sum(1 for row in inner if row[1] == group), group))
                    cells.append((2, y, 1, 1, label))
            cells += [(3 + at, y, 1, 1, value) for at, value in enumerate(self.row(key))]
            y += 1
        return cells, 10, y

    def grid_four(self):
        cells = [(0, 0, 5, 1, "行政复议"), (5, 0, 10, 1, "行政诉讼"),
                 (5, 1, 5, 1, "未经复议直接起诉"), (10, 1, 5, 1, "复议后起诉")]
        cells += [(at, 1, 1, 2, head) for at, head in enumerate(OUTCOME_HEADS)]
        cells += [(5 + at, 2, 1, 1, head) for at, head in enumerate(OUTCOME_HEADS * 2)]
        cells += [(at, 3, 1, 1, value) for at, value in enumerate(self.appeals())]
        return cells, 15, 4

    def grids(self):
        return [self.grid_two(), self.grid_three(), self.grid_four()]


def relabelled(grid, change):
    cells, width, height = grid
    return [(x, y, w, h, change(text)) for x, y, w, h, text in cells], width, height


def rows_of(grid):
    cells, _, height = grid
    return [sorted((cell for cell in cells if cell[1] == y), key=lambda cell: cell[0]) for y in range(height)]


# ---- Web pages ----

def table_html(grid, cell_tag="td", attributes='border="1"', spans=True):
    out = [f"<table {attributes}>"]
    for row in rows_of(grid):
        out.append("<tr>")
        for _, _, w, h, text in row:
            span = (f' colspan="{w}"' if w > 1 and spans else "") + (f' rowspan="{h}"' if h > 1 and spans else "")
            out.append(f"<{cell_tag}{span}>{html.escape(text)}</{cell_tag}>")
        out.append("</tr>")
    return "\n".join(out + ["</table>"])


def body_html(report, tables, paragraph=lambda text: f"<p>{text}</p>", heading=lambda text, level: f"<h{level}>{text}</h{level}>"):
    out = [heading(report.title, 1)] + [paragraph(text) for text in report.preface]
    parts = ["一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
             "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"]

    def sections(items):
        for at, (_, head, lines) in enumerate(items):
            out.append(heading(f"（{'一二三四五'[at]}）{head}", 3))
            out.extend(paragraph(text) for text in lines)

    out.append(heading(parts[0], 2))
    sections(report.overview)
    for at in range(3):
        out.append(heading(parts[1 + at], 2))
        if at < len(tables) and tables[at]:
            out.append(tables[at])
    out.append(heading(parts[4], 2))
    sections(report.problems)
    out.append(heading(parts[5], 2))
    out += [paragraph(text) for text in report.other]
    return "\n".join(out)


def page(report, body, style="", charset="utf-8"):
    return (f'<!DOCTYPE html>\n<html lang="zh"><head><meta charset="{charset}"><title>{report.title}</title>'
            f"<style>{style}</style></head><body>\n{body}\n</body></html>\n")


def plain_page(report, style=""):
    return page(report, body_html(report, [table_html(grid) for grid in report.grids()]), style)


def site_page(report):
    """A page of a website: menus, a box of facts, the text in one cell of a layout table, `<br>` for paragraphs."""
    body = body_html(report, [table_html(g, attributes='cellspacing="0" style="border:1px solid #000"') for g in report.grids()],
                     paragraph=lambda text: f"<span>　　{text}</span><br>", heading=lambda text, level: f"<b>{text}</b><br>")
    return page(report, f"""
<div id="top"><a href="/">首页</a> | <a href="/zwgk">政务公开</a> | <a href="/zwfw">政务服务</a></div>
<div class="crumb">当前位置：首页 &gt; 政府信息公开 &gt; 年度报告</div>
<table class="facts"><tr><td>索引号</td><td>00123/2024-0001</td></tr><tr><td>发布机构</td><td>{report.agency}</td></tr></table>
<table width="1000"><tr><td>
<div>发布日期：2024-01-22　来源：本站　浏览次数：<span>312</span>　字体：【大 中 小】</div>
{body}
</td></tr></table>
<div>【打印】【关闭】</div><div>主办单位：{report.agency}　ICP备12345678号</div>""")


def word_page(report):
    """What a word processor saves as a filtered page."""
    cell = lambda text: "<p class=MsoNormal align=center style='text-align:center'><span lang=EN-US style='font-size:10.5pt'>" + html.escape(text) + "</span></p>"
    tables = []
    for grid in report.grids():
        out = ["<table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse'>"]
        for row in rows_of(grid):
            out.append(" <tr style='height:17.0pt'>")
            for _, _, w, h, text in row:
                out.append(f"  <td width=62 colspan={w} rowspan={h} valign=center>{cell(text)}</td>")
            out.append(" </tr>")
        tables.append("\n".join(out + ["</table>"]))
    body = body_html(report, tables, paragraph=lambda t: f"<p class=MsoNormal style='text-indent:32.0pt'><span style='font-family:仿宋_GB2312'>{t}<o:p></o:p></span></p>",
                     heading=lambda t, level: f"<p class=MsoNormal><b><span style='font-family:黑体'>{t}</span></b></p>")
    return page(report, body, charset="gb2312")


def headed_page(report):
    """Tables with `thead`, `th`, `scope` and captions, groups in every row instead of `rowspan`."""
    cells, width, _ = report.grid_three()
    head = [cell for cell in cells if cell[1] < 3]
    out = ["<table><caption>表三</caption><thead>"]
    for y in range(3):
        out.append("<tr>" + "".join(
            f'<th scope="col" colspan="{w}" rowspan="{h}">{text}</th>' for x, cy, w, h, text in sorted(head) if cy == y) + "</tr>")
    out.append("</thead><tbody>")
    for key, group, label in report.rows:
        if group is None:
            out.append(f'<tr><th scope="row" colspan="3">{label}</th>')
        elif group == "":
            out.append(f'<tr><td>{RESULTS}</td><th scope="row" colspan="2">{label}</th>')
        else:
            out.append(f'<tr><td>{RESULTS}</td><td>{group}</td><th scope="row">{label}</th>')
        out.append("".join(f"<td>{value}</td>" for value in report.row(key)) + "</tr>")
    out.append("</tbody></table>")
    return page(report, body_html(report, [table_html(report.grid_two()), "\n".join(out), table_html(report.grid_four())]))


def cut_page(report):
    """Table two as one table a section, table three cut with its head repeated, table four as three tables."""
    twos = []
    for head, heads, keys, rows in report.sections:
        lines = [f"<table border=1><tr><td colspan={len(heads) + 1}>{head}</td></tr><tr><td>信息内容</td>" + "".join(f"<td>{h}</td>" for h in heads) + "</tr>"]
        for key, label in rows:
            lines.append(f"<tr><td>{label}</td>" + "".join(f"<td>{v}</td>" for v in report.section_row(keys, key)) + "</tr>")
        twos.append("".join(lines) + "</table>")
    cells, width, height = report.grid_three()
    head = [cell for cell in cells if cell[1] < 3]

    def piece(first, last):
        moved = list(head)
        for x, y, w, h, text in cells:
            if y >= 3 and y < last and y + h > first:
                top, end = max(y, first), min(y + h, last)
                moved.append((x, top - first + 3, w, end - top, text + ("（续）" if y < first else "")))
        return table_html((moved, width, last - first + 3))
    fours = []
    names = [("行政复议", "reconsideration"), ("行政诉讼·未经复议直接起诉", "litigation_direct"), ("行政诉讼·复议后起诉", "litigation_after_reconsideration")]
    for name, key in names:
        top = "".join(f"<tr><td colspan=5>{part}</td></tr>" for part in name.split("·"))
        fours.append(f"<table border=1>{top}<tr>" + "".join(f"<td>{h}</td>" for h in OUTCOME_HEADS) + "</tr><tr>"
                     + "".join(f"<td>{report.value(f'appeals.{key}.{c}')}</td>" for c in OUTCOMES) + "</tr></table>")
    return page(report, body_html(report, ["\n".join(twos), piece(3, 14) + piece(14, height), "\n".join(fours)]))


def variant_page(report):
    """Labels as people write them, figures with units and separators."""
    def change(text):
        text = text.replace("（", "(").replace("）", ")").replace("1.", "1、").replace("2.", "2、").replace("3.", "③ ").replace("“", '"').replace("”", '"')
        if text == "现行有效件数":
            return "现行有效件数(历史累计)"
        if text.isdigit() and len(text) > 3:
            return f"{int(text):,}"
        if text.isdigit() and int(text) > 60:
            return f"{text}件"
        return text.replace("法人或其他组织", "法人或者其他组织").replace("上年结转", "上 年 结 转")
    return page(report, body_html(report, [table_html(relabelled(grid, change)) for grid in report.grids()]))


def turned_page(report):
    """Table four with its heads at the left, table two with columns in another order."""
    cells, width, height = report.grid_four()
    four = ([(y, x, h, w, text) for x, y, w, h, text in cells], height, width)
    head, heads, keys, rows = report.sections[0]
    order = [2, 0, 1]
    first = f"<table border=1><tr><td colspan=4>{head}</td></tr><tr><td>信息内容</td>" + "".join(f"<td>{heads[at]}</td>" for at in order) + "</tr>"
    for key, label in rows:
        values = report.section_row(keys, key)
        first += f"<tr><td>{label}</td>" + "".join(f"<td>{values[at]}</td>" for at in order) + "</tr>"
    rest = [cell for cell in report.grid_two()[0] if cell[1] >= 2 + len(rows)]
    rest = ([(x, y - 2 - len(rows), w, h, text) for x, y, w, h, text in rest], 4, report.grid_two()[2] - 2 - len(rows))
    return page(report, body_html(report, [first + "</table>" + table_html(rest), table_html(report.grid_three()), table_html(four)]))


def one_table_page(report):
    """All three tables in one, an empty first column."""
    cells, y = [], 0
    for grid in report.grids():
        part, width, height = grid
        cells += [(x + 1, y + cy, w if x + w < width else w + 15 - width, h, text) for x, cy, w, h, text in part]
        cells += [(0, y + at, 1, 1, "") for at in range(height)]
        y += height
    return page(report, body_html(report, [table_html((cells, 16, y)), "", ""]))


# ---- Word ----

def merged_docx(table, grid):
    cells, _, _ = grid
    for x, y, w, h, text in cells:
        cell = table.cell(y, x)
        if w > 1 or h > 1:
            cell = cell.merge(table.cell(y + h - 1, x + w - 1))
        cell.text = text


def add_grid(document, grid, style="Table Grid"):
    _, width, height = grid
    table = document.add_table(rows=height, cols=width, style=style)
    merged_docx(table, grid)
    return table


def document_of(report, tables=None, heads=True, numbered=False):
    document = docx.Document()
    title = document.add_paragraph(report.title)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text in report.preface:
        document.add_paragraph(text)
    parts = ["总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "政府信息公开行政复议、行政诉讼情况", "存在的主要问题及改进情况", "其他需要报告的事项"]

    def part(at):
        name = f"{'一二三四五六'[at]}、{parts[at]}"
        document.add_heading(name, 1) if heads else document.add_paragraph(name)

    def sections(items):
        for at, (_, head, lines) in enumerate(items):
            name = f"（{'一二三四五'[at]}）{head}"
            document.add_heading(name, 2) if heads else document.add_paragraph(name)
            for text in lines:
                document.add_paragraph("　　" + text if not heads else text)

    part(0)
    sections(report.overview)
    for at, grid in enumerate(report.grids()):
        part(1 + at)
        (tables or add_grid)(document, grid) if not callable(tables) else tables(document, at, grid)
    part(4)
    sections(report.problems)
    part(5)
    for text in report.other:
        document.add_paragraph(text)
    return document


def raw_table(document, grid, widths=False, hmerge=False, before=False):
    """A table in the spellings of other word processors: `hMerge`, widths without `gridSpan`, `gridBefore`."""
    cells, width, height = grid
    cover = {}
    for number, (x, y, w, h, _) in enumerate(cells):
        for dy in range(h):
            for dx in range(w):
                cover[(x + dx, y + dy)] = number
    table = OxmlElement("w:tbl")
    properties = OxmlElement("w:tblPr")
    table.append(properties)
    columns = OxmlElement("w:tblGrid")
    for _ in range(width):
        column = OxmlElement("w:gridCol")
        column.set(qn("w:w"), "900")
        columns.append(column)
    table.append(columns)
    for y in range(height):
        row = OxmlElement("w:tr")
        x = 0
        while x < width:
            number = cover.get((x, y))
            cx, cy, w, h, text = cells[number] if number is not None else (x, y, 1, 1, "")
            span = 1 if hmerge else w
            for part in range(0, w, span):
                cell = OxmlElement("w:tc")
                settings = OxmlElement("w:tcPr")
                size = OxmlElement("w:tcW")
                size.set(qn("w:w"), str(900 * span))
                size.set(qn("w:type"), "dxa")
                settings.append(size)
                if span > 1 and not widths:
                    spanning = OxmlElement("w:gridSpan")
                    spanning.set(qn("w:val"), str(span))
                    settings.append(spanning)
                if hmerge and w > 1:
                    merge = OxmlElement("w:hMerge")
                    merge.set(qn("w:val"), "restart" if part == 0 else "continue")
                    settings.append(merge)
                if h > 1:
                    merge = OxmlElement("w:vMerge")
                    if y == cy:
                        merge.set(qn("w:val"), "restart")
                    settings.append(merge)
                cell.append(settings)
                paragraph = OxmlElement("w:p")
                if y == cy and part == 0:
                    run, content = OxmlElement("w:r"), OxmlElement("w:t")
                    content.text = text
                    run.append(content)
                    paragraph.append(run)
                cell.append(paragraph)
                row.append(cell)
            x += w
        table.append(row)
    document.element.body.insert(len(document.element.body) - 1, table)


def tracked_docx(report):
    """Figures and words that a tracked change put in the place of others, and a row that one took out."""
    document = document_of(report)

    def replaced(paragraph, old):
        text = paragraph.text
        for run in paragraph.runs:
            run._r.getparent().remove(run._r)
        gone, came = OxmlElement("w:del"), OxmlElement("w:ins")
        for holder, tag, content in [(gone, "w:delText", old), (came, "w:t", text)]:
            holder.set(qn("w:id"), "1")
            holder.set(qn("w:author"), "a")
            run, words = OxmlElement("w:r"), OxmlElement(tag)
            words.text = content
            run.append(words)
            holder.append(run)
            paragraph._p.append(holder)
    table = document.tables[1]
    replaced(table.cell(3, 3).paragraphs[0], "999")
    replaced(table.cell(4, 5).paragraphs[0], "888")
    for paragraph in document.paragraphs:
        if paragraph.text.startswith("全年新收申请"):
            replaced(paragraph, "全年没有收到申请。")
    row = document.tables[0].add_row()
    for cell in row.cells:
        cell.text = "777"
    properties = row._tr.get_or_add_trPr()
    mark = OxmlElement("w:del")
    mark.set(qn("w:id"), "2")
    mark.set(qn("w:author"), "a")
    properties.append(mark)
    return document


def one_cell_docx(report):
    """The whole report inside one cell of a table, tables nested in it."""
    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    inner = document_of(report)
    for element in list(inner.element.body):
        if not element.tag.endswith("sectPr"):
            cell._tc.append(element)
    cell.add_paragraph("")
    return document


def cut_docx(report):
    """Table three a table a page: the second piece without head and without the label that goes on."""
    def tables(document, at, grid):
        if at != 1:
            add_grid(document, grid)
            return
        cells, width, height = grid
        cut = 14
        upper = [(x, y, w, min(h, cut - y), text) for x, y, w, h, text in cells if y < cut]
        add_grid(document, (upper, width, cut))
        document.add_paragraph("— 4 —")
        lower = []
        for x, y, w, h, text in cells:
            if y + h > cut:
                top = max(y, cut)
                lower.append((x, top - cut, w, y + h - top, text if y >= cut else ""))
        add_grid(document, (lower, width, height - cut))
    return document_of(report, tables)


def numbered_docx(report):
    """Headings whose numbers are a list's: they stand nowhere in the text."""
    document = document_of(report)
    numbering = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    for level, (style, text) in enumerate([("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）")]):
        element = OxmlElement("w:lvl")
        element.set(qn("w:ilvl"), str(level))
        for tag, value in [("w:start", "1"), ("w:numFmt", style), ("w:lvlText", text)]:
            child = OxmlElement(tag)
            child.set(qn("w:val"), value)
            element.append(child)
        abstract.append(element)
    numbering.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "77")
    link = OxmlElement("w:abstractNumId")
    link.set(qn("w:val"), "77")
    number.append(link)
    numbering.append(number)
    for paragraph in document.paragraphs:
        level = {"Heading 1": 0, "Heading 2": 1}.get(paragraph.style.name)
        if level is None:
            continue
        text = paragraph.text.split("、", 1)[1] if level == 0 else paragraph.text.split("）", 1)[1]
        paragraph.text = text
        properties = paragraph._p.get_or_add_pPr()
        list_of, at, which = OxmlElement("w:numPr"), OxmlElement("w:ilvl"), OxmlElement("w:numId")
        at.set(qn("w:val"), str(level))
        which.set(qn("w:val"), "77")
        list_of.append(at)
        list_of.append(which)
        properties.append(list_of)
    return document


# ---- Workbooks ----

def put_grid(sheet, grid, top=1, left=1, merges=True, numbers=True):
    cells, _, height = grid
    for x, y, w, h, text in cells:
        cell = sheet.cell(top + y, left + x)
        is_number = numbers and text.lstrip("-").replace(".", "", 1).isdigit()
        cell.value = (float(text) if "." in text else int(text)) if is_number else text
        if merges and (w > 1 or h > 1):
            sheet.merge_cells(start_row=top + y, start_column=left + x, end_row=top + y + h - 1, end_column=left + x + w - 1)
    return top + height


def workbook(report, **how):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, grid in zip(["表二", "表三", "表四"], report.grids()):
        put_grid(book.create_sheet(name), grid, **how)
    return book


def one_sheet(report, left=1, texts=False):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "年报"
    sheet.cell(1, left).value = report.title
    row = 3
    heads = ["二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况"]
    for head, grid in zip(heads, report.grids()):
        sheet.cell(row, left).value = head
        row = put_grid(sheet, grid, row + 1, left) + 1
    return book


def turned_book(report):
    book = openpyxl.Workbook()
    book.remove(book.active)
    put_grid(book.create_sheet("二"), report.grid_two())
    put_grid(book.create_sheet("三"), report.grid_three())
    cells, width, height = report.grid_four()
    put_grid(book.create_sheet("四"), ([(y, x, h, w, text) for x, y, w, h, text in cells], height, width))
    return book


# ---- Everything ----

def convert(source, to, folder, name):
    if not shutil.which("soffice"):
        print(f"soffice is missing: no {name}")
        return
    with tempfile.TemporaryDirectory() as work:
        subprocess.run(["soffice", f"-env:UserInstallation=file://{work}/profile", "--headless", "--convert-to", to,
                        "--outdir", work, str(source)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        made = next(path for path in pathlib.Path(work).iterdir() if path.suffix == "." + to.split(":")[0])
        shutil.move(made, folder / name)


def printed(source, folder, name, *options):
    if not shutil.which("chromium"):
        print(f"chromium is missing: no {name}")
        return
    subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", *options, "--no-pdf-header-footer",
                    f"--print-to-pdf={folder / name}", f"file://{source}"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    reports = {name: Report(name, seed, old) for name, seed, old in
               [("a", 11, False), ("b", 12, False), ("c", 13, True), ("d", 14, False)]}
    for report in reports.values():
        report.save(folder)
    a, b, c, d = reports.values()

    def write(name, text, encoding="utf-8"):
        (folder / name).write_bytes(text.encode(encoding))
        return folder / name

    plain = write("a--plain.html", plain_page(a))
    write("c--plain.html", plain_page(c))
    write("b--site.html", site_page(b))
    write("a--word-gbk.html", word_page(a), "gb18030")
    write("d--site-gbk.htm", site_page(d).replace('charset="utf-8"', 'charset="gbk"'), "gb18030")
    write("b--headed.html", headed_page(b))
    write("d--cut.html", cut_page(d))
    write("a--variants.html", variant_page(a))
    write("b--turned.html", turned_page(b))
    write("d--one-table.html", one_table_page(d))
    write("c--cut.html", cut_page(c))
    write("c--variants.html", variant_page(c))

    documents = {
        "a--merged.docx": document_of(a), "c--merged.docx": document_of(c), "b--plain-headings.docx": document_of(b, heads=False),
        "d--tracked.docx": tracked_docx(d), "a--one-cell.docx": one_cell_docx(a), "b--cut.docx": cut_docx(b),
        "d--numbered.docx": numbered_docx(d),
        "a--widths.docx": document_of(a, lambda document, at, grid: raw_table(document, grid, widths=True)),
        "b--hmerge.docx": document_of(b, lambda document, at, grid: raw_table(document, grid, hmerge=True)),
        "c--raw.docx": document_of(c, lambda document, at, grid: raw_table(document, grid)),
    }
    for name, document in documents.items():
        document.save(folder / name)
    for name, source in [("a--pandoc.docx", plain), ("d--pandoc.docx", folder / "d--cut.html")]:
        if shutil.which("pandoc"):
            subprocess.run(["pandoc", "-f", "html", str(source), "-o", str(folder / name)], check=True)
        else:
            print(f"pandoc is missing: no {name}")
    convert(plain, "docx:MS Word 2007 XML", folder, "a--libreoffice.docx")
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        convert(folder / "b--plain-headings.docx", "odt", work, "b.odt")
        if (work / "b.odt").exists():
            convert(work / "b.odt", "docx", folder, "b--odt.docx")

    books = {
        "a--sheets.xlsx": workbook(a), "c--sheets.xlsx": workbook(c), "b--one-sheet.xlsx": one_sheet(b),
        "d--no-merges.xlsx": workbook(d, merges=False), "a--texts.xlsx": workbook(a, numbers=False),
        "b--moved.xlsx": workbook(b, top=4, left=3), "d--empty-column.xlsx": one_sheet(d, left=2), "b--turned.xlsx": turned_book(b),
        "c--one-sheet.xlsx": one_sheet(c),
    }
    for name, book in books.items():
        book.save(folder / name)
    convert(folder / "a--sheets.xlsx", "xls", folder, "a--sheets.xls")
    convert(folder / "b--one-sheet.xlsx", "ods", folder, "b--one-sheet.ods")
    convert(folder / "d--no-merges.xlsx", "ods", folder, "d--no-merges.ods")
    convert(folder / "a--sheets.xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2", folder, "a--table-three.csv")

    convert(folder / "a--merged.docx", "pdf", folder, "a--libreoffice.pdf")
    convert(folder / "b--plain-headings.docx", "pdf", folder, "b--libreoffice.pdf")
    convert(folder / "c--merged.docx", "pdf:writer_pdf_Export:{\"UseTaggedPDF\":{\"type\":\"boolean\",\"value\":\"false\"}}", folder, "c--untagged.pdf")
    convert(folder / "d--cut.html", "pdf:writer_web_pdf_Export", folder, "d--web.pdf")
    printed(plain, folder, "a--chromium.pdf")
    printed(folder / "b--site.html", folder, "b--chromium.pdf")
    printed(folder / "d--cut.html", folder, "d--chromium-untagged.pdf", "--export-tagged-pdf=false", "--disable-pdf-tagging")
    try:
        import weasyprint
        ruled = "table{border-collapse:collapse} td,th{border:1px solid #000;padding:2px;font-size:8pt} body{font-size:12pt} p{text-indent:2em}"
        sparse = "td,th{padding:2px 8px;font-size:7pt} table{border-spacing:0;border-top:1px solid;border-bottom:1px solid}"
        weasyprint.HTML(string=plain_page(a, ruled)).write_pdf(folder / "a--weasyprint.pdf")
        weasyprint.HTML(string=plain_page(c, ruled)).write_pdf(folder / "c--weasyprint.pdf")
        weasyprint.HTML(string=plain_page(d, ruled)).write_pdf(folder / "d--weasyprint-tagged.pdf", pdf_variant="pdf/ua-1")
        weasyprint.HTML(string=plain_page(b, sparse)).write_pdf(folder / "b--columns.pdf")
    except ImportError:
        print("weasyprint is missing")


if __name__ == "__main__":
    main()
